//! JSON that the server keeps without reading it.

/// A JSON value as text: stored and given back, never looked into below the HTTP layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(String);

impl Document {
    /// Takes text that is known to be JSON.
    pub fn from_json(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}
