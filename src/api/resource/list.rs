//! Lists of documents: a bare array for what is set up, an envelope for what grows.

use serde::Deserialize;
use serde_json::{Value, json};

use super::document;
use crate::{
    api::{
        listing::ListQuery,
        objects::lenient::{Int, Text, optional},
    },
    domain::paging::Paged,
    service::resource::{Configured, Resource, ResourceFilter},
};

/// What narrows a list of documents; what does not apply to a resource is ignored.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ResourceQuery {
    /// Words to look for in articles and services, in any form; the best match comes first, what is
    /// only spelt alike last. Inactive ones are not found.
    #[serde(deserialize_with = "optional")]
    pub search: Option<Text>,
    /// Actions and feedback of this ticket.
    #[serde(deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
}

impl ResourceQuery {
    /// The words that are looked for, if there are any.
    pub(super) fn words(&self) -> Option<&str> {
        self.search.as_ref().map(|words| words.0.as_str()).filter(|words| !words.trim().is_empty())
    }

    pub(super) fn filter(&self, list: &ListQuery) -> ResourceFilter {
        ResourceFilter {
            ticket: self.ticket_id.as_ref().map(|id| id.0).filter(|id| *id > 0),
            page: list.page(),
        }
    }
}

/// A list as it leaves; without a key, it is the bare array.
pub(super) fn out(
    resource: Resource,
    key: Option<&str>,
    list: &ListQuery,
    found: &Paged<Configured>,
) -> Value {
    let rows: Vec<Value> = found.rows.iter().map(|row| document::out(resource, row)).collect();
    let Some(key) = key else { return Value::Array(rows) };
    let mut view = json!({ "record_count": found.record_count, key: rows });
    let page = list.members();
    if let (Some(number), Some(size)) = (page.page_no, page.page_size) {
        view["page_no"] = json!(number);
        view["page_size"] = json!(size);
    }
    view
}
