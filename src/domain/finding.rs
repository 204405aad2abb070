//! What a search found, as the bot's message shows it.

/// Everything that one message of the bot shows of what was found, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    pub articles: Vec<ArticleHit>,
    pub services: Vec<ServiceHit>,
}

impl Hits {
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.services.is_empty()
    }
}

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
