//! Reads a document as a client sent it into the one form that is kept.

use std::fmt;

use serde_json::{Map, Value};

use super::catalogue::{CATALOGUE, Field, Kind, Object, Role, Scalar};
use super::kept::{NESTING_MAX, NUL_IN_NAME, check, read_scalar};

/// Past this many problems a client has enough to mend.
pub const PROBLEMS_MAX: usize = 20;

/// A document sorted by what becomes of its members.
#[derive(Clone, Default, PartialEq)]
pub struct Normalised {
    /// To be kept; null means that the field is to be emptied.
    pub stored: Map<String, Value>,
    /// To be done; never null.
    pub commands: Map<String, Value>,
    /// To be kept apart and never shown; null means that the secret is to be forgotten.
    pub secrets: Map<String, Value>,
}

/// Neither secrets nor the one-time codes and files among commands reach the log by accident.
impl fmt::Debug for Normalised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Normalised")
            .field("stored", &self.stored)
            .field("commands", &self.commands.keys().collect::<Vec<_>>())
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// What is wrong with one member of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} {problem}")]
pub struct Problem {
    /// Where, as in `steps[2].actions[0].end_step`.
    pub path: String,
    /// What, worded to follow the path.
    pub problem: String,
}

/// Reads `input` as the named object of the catalogue. Members that the object does not have
/// are left behind; at most `PROBLEMS_MAX` problems are reported.
pub fn normalise(object: &str, input: Map<String, Value>) -> Result<Normalised, Vec<Problem>> {
    let object = CATALOGUE.object(object);
    let mut reader = Reader::default();
    let mut output = Normalised::default();
    for (name, value) in input {
        let Some(field) = object.field(&name) else {
            continue;
        };
        if field.role == Role::Computed || reader.problems.len() == PROBLEMS_MAX {
            continue;
        }
        // A member that could not be read is reported, so null never stands for it.
        let value = reader.within(Segment::Member(field.name), |reader| reader.field(field, value));
        match field.role {
            Role::Stored => output.stored.insert(name, value.unwrap_or(Value::Null)),
            Role::Secret => output.secrets.insert(name, value.unwrap_or(Value::Null)),
            Role::Command => value.and_then(|value| output.commands.insert(name, value)),
            Role::Computed => None,
        };
    }
    if reader.problems.is_empty() { Ok(output) } else { Err(reader.problems) }
}

/// Lays a change over what is kept: a member left out stays, null goes, a value replaces.
pub fn merge(existing: Map<String, Value>, change: Map<String, Value>) -> Map<String, Value> {
    let mut merged = existing;
    for (name, value) in change {
        if value.is_null() {
            merged.remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    merged
}

enum Segment {
    Member(&'static str),
    Key(String),
    Index(usize),
}

/// Walks a document, remembering where it is and what was wrong.
#[derive(Default)]
struct Reader {
    path: Vec<Segment>,
    problems: Vec<Problem>,
}

impl Reader {
    fn within<T>(&mut self, segment: Segment, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let walked = walk(self);
        self.path.pop();
        walked
    }

    /// Notes a problem here; there is nothing to keep then.
    fn refuse(&mut self, problem: impl Into<String>) -> Option<Value> {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { path: self.render_path(), problem: problem.into() });
        }
        None
    }

    fn render_path(&self) -> String {
        let mut rendered = String::new();
        for segment in &self.path {
            let (dot, name) = match segment {
                Segment::Index(index) => ("", format!("[{index}]")),
                Segment::Member(name) => (".", (*name).to_owned()),
                Segment::Key(name) => (".", name.clone()),
            };
            if !rendered.is_empty() {
                rendered.push_str(dot);
            }
            rendered.push_str(&name);
        }
        rendered
    }

    fn field(&mut self, field: &Field, value: Value) -> Option<Value> {
        let value = self.value(&field.kind, value)?;
        match (field.max, &value) {
            (Some(max), Value::String(text)) if text.chars().count() > max => {
                self.refuse(format!("is longer than {max} characters"))
            }
            _ => Some(value),
        }
    }

    /// `None` is null, or a problem that has been noted.
    fn value(&mut self, kind: &Kind, value: Value) -> Option<Value> {
        if value.is_null() {
            return None;
        }
        if self.path.len() > NESTING_MAX {
            return self.refuse(format!("lies more than {NESTING_MAX} levels deep"));
        }
        match kind {
            Kind::Scalar(scalar) => self.scalar(*scalar, value),
            Kind::Any => self.anything(value),
            Kind::List(item) => self.list(item, value),
            Kind::Map(kind) => match value {
                Value::Object(members) => Some(Value::Object(self.map(kind, members))),
                _ => self.refuse("is not an object"),
            },
            Kind::Object(name) => match value {
                Value::Object(members) => Some(self.object(CATALOGUE.object(name), members)),
                _ => self.refuse("is not an object"),
            },
        }
    }

    fn scalar(&mut self, scalar: Scalar, value: Value) -> Option<Value> {
        match read_scalar(scalar, value) {
            Ok(value) => value,
            Err(fault) => self.refuse(fault.to_string()),
        }
    }

    fn list(&mut self, item: &Kind, value: Value) -> Option<Value> {
        let values = match (value, item) {
            (Value::Array(values), _) => values,
            // One where many may stand is a list of one.
            (value @ Value::Object(_), _) | (value, Kind::Scalar(_) | Kind::Any) => vec![value],
            (_, Kind::Object(_) | Kind::List(_) | Kind::Map(_)) => {
                return self.refuse("is not a list");
            }
        };
        let read = |(index, value)| self.within(Segment::Index(index), |reader| reader.value(item, value));
        Some(values.into_iter().enumerate().filter_map(read).collect())
    }

    fn map(&mut self, kind: &Kind, members: Map<String, Value>) -> Map<String, Value> {
        let mut read = Map::new();
        for (key, value) in members {
            let value = self.within(Segment::Key(key.clone()), |reader| {
                if key.contains('\0') { reader.refuse(NUL_IN_NAME) } else { reader.value(kind, value) }
            });
            if let Some(value) = value {
                read.insert(key, value);
            }
        }
        read
    }

    /// An object inside a document: what it is made of is its owner's affair, so everything
    /// known is kept as sent, but for secrets, which have no place here to be kept apart.
    fn object(&mut self, object: &Object, members: Map<String, Value>) -> Value {
        let mut read = Map::new();
        for (name, value) in members {
            let Some(field) = object.field(&name).filter(|field| field.role != Role::Secret) else {
                continue;
            };
            let value = self.within(Segment::Member(field.name), |reader| reader.field(field, value));
            if let Some(value) = value {
                read.insert(name, value);
            }
        }
        Value::Object(read)
    }

    /// Kept whole, nulls included, if it can be stored at all.
    fn anything(&mut self, value: Value) -> Option<Value> {
        match check(&value, self.path.len()) {
            Ok(()) => Some(value),
            Err(problem) => self.refuse(problem),
        }
    }
}
