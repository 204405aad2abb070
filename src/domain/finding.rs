//! What a search found, as the bot's message shows it.

/// A knowledge article that fits what the visitor said.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleHit {
    pub id: i32,
    pub title: String,
    pub summary: String,
    /// How well it fits; higher is better.
    pub score: f64,
}

/// A service of the catalogue that fits what the visitor said.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceHit {
    pub id: i32,
    pub name: String,
    pub summary: String,
    /// How well it fits; higher is better.
    pub score: f64,
}
