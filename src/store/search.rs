//! Searching articles and services: by words in any form, and by likeness for misspelt ones.

use super::{
    Conn, StoreError,
    resource::{Resource, Stored},
};
use crate::domain::{
    document::Document,
    paging::{Page, Paged},
};

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Words in any form and any number: people describe a problem, they do not query.
    pub words: String,
    /// Whether the database can compare words by likeness (`can_compare`).
    pub by_likeness: bool,
}

/// Any of the words, the best match first. Those found by likeness alone come last: a word in a
/// text counts 0.2 at least, a likeness 0.1 at most.
const SEARCH: &str = "
    with sought as (
        select replace(plainto_tsquery('english', $1)::text, '&', '|')::tsquery as wanted
    ),
    exact as (
        select id, ts_rank_cd(search, wanted)::float8 as score
        from {table}, sought
        where search @@ wanted and {visible}
    ),
    alike as ({alike}),
    found as (
        select id, coalesce(score, 0) + 0.1 * coalesce(likeness, 0) as score, score is null as is_guess
        from exact
        full join alike using (id)
    )
    select id, (select document::text from {table} where {table}.id = page.id), score, total
    from (
        select id, is_guess, score, count(*) over () as total
        from found
        order by is_guess, score desc, id
        limit $2 offset $3
    ) page
    order by is_guess, score desc, id";

/// Titles with a word like one that no text holds. 0.33 is what two letters that have changed
/// places in a word of seven come to, and more than a common ending does; the setting holds for this transaction, and is made before
/// the words that are compared by it. The index is made, where it can be, by the migration that the
/// text of `TITLE` must agree with.
const ALIKE: &str = "
    select id, max(strict_word_similarity(word, {title}))::float8 as likeness
    from (
        select lower(part) as word
        from (select set_config('pg_trgm.strict_word_similarity_threshold', '0.33', true) as threshold offset 0) tuned,
            regexp_split_to_table($1, '[[:space:][:punct:]]+') with ordinality as parts (part, place)
        where char_length(part) between 4 and 40 and threshold is not null
        group by lower(part)
        order by min(place)
        limit 32
    ) said
    join {table} on word <<% ({title})
    where {visible}
        and length(to_tsvector('english', word)) > 0
        and not exists (
            select from {table} where search @@ plainto_tsquery('english', word) and {visible}
        )
    group by id";

const NOTHING_ALIKE: &str = "select null::int as id, null::float8 as likeness where false";

const TITLE: &str =
    "name || ' ' || coalesce(document ->> 'kb_tags', '') || ' ' || coalesce(document ->> 'tag_string', '')";

/// What is inactive is for nobody to find.
const VISIBLE: &str = "deleted_at is null and document -> 'inactive' is distinct from 'true'";

/// Whether words can be compared by likeness: whether `pg_trgm` is there.
pub async fn can_compare(conn: &mut Conn) -> Result<bool, StoreError> {
    let there = sqlx::query_scalar!(
        r#"select to_regprocedure('strict_word_similarity(text, text)') is not null as "there!""#
    );
    Ok(there.fetch_one(conn).await?)
}

/// Visible documents that match.
pub async fn list(
    conn: &mut Conn,
    resource: Resource,
    search: &Search,
    page: Page,
) -> Result<Paged<Stored>, StoreError> {
    let alike = if search.by_likeness { ALIKE } else { NOTHING_ALIKE };
    let statement = SEARCH.replace("{alike}", alike).replace("{title}", TITLE).replace("{visible}", VISIBLE);
    let rows: Vec<(i32, String, f64, i64)> = sqlx::query_as(resource.sql(&statement))
        .bind(&search.words)
        .bind(page.size)
        .bind(page.offset())
        .fetch_all(conn)
        .await?;
    Ok(Paged {
        record_count: rows.first().map_or(0, |row| row.3),
        rows: rows
            .into_iter()
            .map(|(id, document, score, _)| Stored {
                id,
                document: Document::from_json(document),
                score: Some(score),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::TITLE;

    #[test]
    fn the_text_that_is_compared_is_the_text_that_is_indexed() {
        let migration = include_str!("../../migrations/20261125000002_search_by_likeness.sql");
        assert_eq!(migration.matches(&format!("({TITLE}) gin_trgm_ops")).count(), 2);
    }
}
