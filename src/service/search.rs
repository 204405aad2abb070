//! Searches, as well as this database can make them.

use std::sync::OnceLock;

use crate::{
    app::App,
    store::{self, Conn, StoreError, search::Search},
};

/// Whether the database can compare words by likeness; asked once, since it stays as it was set up.
#[derive(Default)]
pub struct Likeness(OnceLock<bool>);

/// A search for any of these words, and for what is like those that are spelt as in no text.
pub async fn of(app: &App, conn: &mut Conn, words: &str) -> Result<Search, StoreError> {
    let by_likeness = if let Some(known) = app.likeness.0.get() {
        *known
    } else {
        let found = store::search::can_compare(conn).await?;
        *app.likeness.0.get_or_init(|| found)
    };
    Ok(Search { words: words.to_owned(), by_likeness })
}
