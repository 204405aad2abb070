//! Reading the table.

use std::fmt;

use serde_json::Value;

use super::world::Objects;

/// The columns, in their order.
pub const CALLERS: [&str; 19] = [
    "nobody",
    "key",
    "wrong",
    "visitor",
    "other",
    "expired",
    "revoked",
    "anna",
    "bert",
    "carla",
    "scopeless",
    "chat",
    "admin",
    "all",
    "none",
    "standard",
    "edit",
    "offline",
    "boss",
];

/// Read when it is needed, so that a new row takes no build.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access_matrix/table.txt");

/// What a caller is to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    Status(u16),
    /// 200, and the row's object is not in the list.
    Hidden,
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(formatter, "{status}"),
            Self::Hidden => formatter.write_str("hid"),
        }
    }
}

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Plain,
    /// A form with a file, as browsers send it.
    Form,
    /// A WebSocket with the token in its header.
    Socket,
    /// A WebSocket with the token in its first frame.
    Frame,
}

/// One request, and what each caller gets for it.
pub struct Row {
    pub operation: String,
    pub cells: Vec<Cell>,
    pub request: String,
    pub way: Way,
    pub target: String,
    pub body: String,
    /// The object that the answer, a list, is to hold.
    pub listed: Option<String>,
}

pub fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(TABLE).expect("the table is there");
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut lines = lines.map(|line| line.split_once('|').unwrap_or_else(|| panic!("no request: {line}")));
    let (head, _) = lines.next().expect("the first line names the callers");
    assert_eq!(head.split_whitespace().collect::<Vec<_>>(), CALLERS, "the columns");
    lines.map(|(cells, request)| Row::parse(cells, request.trim())).collect()
}

impl Row {
    fn parse(cells: &str, request: &str) -> Self {
        let mut words = cells.split_whitespace();
        let operation = [words.next(), words.next()].map(|word| word.expect("a method and a path")).join(" ");
        let cells: Vec<Cell> = words.map(cell).collect();
        assert_eq!(cells.len(), CALLERS.len(), "{operation}: a cell for each caller");
        let (asked, listed) = match request.split_once(" => ") {
            Some((asked, listed)) => (asked, Some(listed.trim_start_matches('$').to_owned())),
            None => (request, None),
        };
        let (way, rest) = match asked.split_once(": ") {
            Some(("form", rest)) => (Way::Form, rest),
            Some(("socket", rest)) => (Way::Socket, rest),
            Some(("frame", rest)) => (Way::Frame, rest),
            _ => (Way::Plain, asked),
        };
        let (target, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let (target, body) = (target.to_owned(), body.trim().to_owned());
        Self { operation, cells, request: request.to_owned(), way, target, body, listed }
    }

    pub fn method(&self) -> &str {
        self.operation.split(' ').next().expect("an operation begins with its method")
    }

    /// Whether the request is about an object that belongs to somebody.
    pub fn names_objects(&self) -> bool {
        self.objects().next().is_some()
    }

    /// The names of the objects that the request is about; a key is none.
    pub fn objects(&self) -> impl Iterator<Item = String> {
        let words = [&self.target, &self.body].map(|text| text.split('$').skip(1));
        let name = |word: &str| word.chars().take_while(char::is_ascii_alphabetic).collect::<String>();
        words.into_iter().flatten().map(name).chain(self.listed.clone()).filter(|name| name != "key")
    }

    /// What an answer is, as a cell says it.
    pub fn look(&self, body: &Value, status: u16, objects: &Objects) -> Cell {
        let Some(listed) = self.listed.as_ref().filter(|_| status == 200) else {
            return Cell::Status(status);
        };
        let rows = body.as_array().or_else(|| body.as_object()?.values().find_map(Value::as_array));
        let wanted = objects.id(listed);
        let is_it = |row: &Value| row["id"].to_string().trim_matches('"') == wanted;
        if rows.expect("a list has rows").iter().any(is_it) { Cell::Status(200) } else { Cell::Hidden }
    }
}

fn cell(word: &str) -> Cell {
    if word == "hid" {
        return Cell::Hidden;
    }
    Cell::Status(word.parse().unwrap_or_else(|_| panic!("{word} is no status")))
}
