//! Halo's objects and their fields, read once from the text files beside this one.
//!
//! A line without indent names an object, an indented one a field of it: name, type, then what
//! is special about it, then words for the API document. `!` after a type: never null.

use std::collections::HashMap;
use std::sync::LazyLock;

/// All objects by name.
pub(super) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(&SOURCES));

const SOURCES: [&str; 9] = [
    include_str!("catalogue/chat_profile.txt"),
    include_str!("catalogue/flow.txt"),
    include_str!("catalogue/rules.txt"),
    include_str!("catalogue/people.txt"),
    include_str!("catalogue/knowledge.txt"),
    include_str!("catalogue/tickets.txt"),
    include_str!("catalogue/chat.txt"),
    include_str!("catalogue/outside.txt"),
    include_str!("catalogue/shared.txt"),
];

pub(super) struct Catalogue {
    objects: HashMap<&'static str, Object>,
}

pub(super) struct Object {
    pub name: &'static str,
    pub words: Option<&'static str>,
    pub fields: Vec<Field>,
    places: HashMap<&'static str, usize>,
}

pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
    /// The longest text, in characters.
    pub max: Option<usize>,
    pub role: Role,
    pub words: Option<&'static str>,
}

/// What becomes of a field that a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Kept and given back.
    Stored,
    /// Ours to say: ignored when sent with an object, kept as sent inside another.
    Computed,
    /// Asks for something to be done; not kept.
    Command,
    /// Can be set, never read.
    Secret,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Scalar),
    /// Anything at all, kept whole.
    Any,
    List(Box<Kind>),
    Map(Box<Kind>),
    Object(&'static str),
}

/// A value without members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    Int,
    BigInt,
    Real,
    Flag,
    Text,
    Moment,
    /// A date and time, or a time of day, without a zone that counts.
    WallTime,
    Guid,
}

impl Catalogue {
    /// The object of that name. Names come from our own code and the files, never from a request.
    pub fn object(&self, name: &str) -> &Object {
        self.find(name).unwrap_or_else(|| panic!("the catalogue has no object {name}"))
    }

    pub fn find(&self, name: &str) -> Option<&Object> {
        self.objects.get(name)
    }

    fn parse(sources: &[&'static str]) -> Self {
        let mut objects: Vec<Object> = Vec::new();
        for line in sources.iter().flat_map(|source| source.lines()) {
            let (line, words) = split_words(line);
            if line.starts_with(' ') {
                let object = objects.last_mut().expect("a field stands below its object");
                object.places.insert(first_word(line), object.fields.len());
                object.fields.push(parse_field(line, words));
            } else if !line.is_empty() {
                let (fields, places) = (Vec::new(), HashMap::new());
                objects.push(Object { name: line, words, fields, places });
            }
        }
        Self { objects: objects.into_iter().map(|object| (object.name, object)).collect() }
    }

    #[cfg(test)]
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }
}

impl Object {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.places.get(name).map(|&place| &self.fields[place])
    }
}

impl Kind {
    /// The object that this kind holds, itself or in a list or map.
    pub fn object(&self) -> Option<&'static str> {
        match self {
            Self::Object(name) => Some(name),
            Self::List(inner) | Self::Map(inner) => inner.object(),
            Self::Scalar(_) | Self::Any => None,
        }
    }
}

fn split_words(line: &'static str) -> (&'static str, Option<&'static str>) {
    match line.split_once('#') {
        Some((line, words)) => (line.trim_end(), Some(words.trim())),
        None => (line.trim_end(), None),
    }
}

fn first_word(line: &'static str) -> &'static str {
    line.split_whitespace().next().expect("a line that is not empty has a word")
}

fn parse_field(line: &'static str, words: Option<&'static str>) -> Field {
    let mut parts = line.split_whitespace();
    let name = parts.next().expect("a field has a name");
    let kind = parts.next().expect("a field has a type");
    let nullable = !kind.ends_with('!');
    let kind = parse_kind(kind.trim_end_matches('!'));
    let mut field = Field { name, kind, nullable, max: None, role: Role::Stored, words };
    for part in parts {
        match part {
            "computed" => field.role = Role::Computed,
            "command" => field.role = Role::Command,
            "secret" => field.role = Role::Secret,
            _ => {
                let max = part.strip_prefix("max=").and_then(|max| max.parse().ok());
                field.max = Some(max.expect("what is special about a field is a known word"));
            }
        }
    }
    field
}

fn parse_kind(word: &'static str) -> Kind {
    let within = |opening| word.strip_prefix(opening)?.strip_suffix('>').map(parse_kind);
    if let Some(item) = within("array<") {
        return Kind::List(Box::new(item));
    }
    if let Some(value) = within("map<") {
        return Kind::Map(Box::new(value));
    }
    match word {
        "int32" => Kind::Scalar(Scalar::Int),
        "int64" => Kind::Scalar(Scalar::BigInt),
        "double" => Kind::Scalar(Scalar::Real),
        "bool" => Kind::Scalar(Scalar::Flag),
        "string" => Kind::Scalar(Scalar::Text),
        "datetime" => Kind::Scalar(Scalar::Moment),
        "walltime" => Kind::Scalar(Scalar::WallTime),
        "uuid" => Kind::Scalar(Scalar::Guid),
        "any" => Kind::Any,
        object => Kind::Object(object),
    }
}
