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
    /// Words to look for. In articles and services in any form; the best match comes first, what is
    /// only spelt alike last, and inactive ones are not found. Elsewhere all must stand in a name, an
    /// e-mail address or a summary.
    #[serde(deserialize_with = "optional")]
    pub search: Option<Text>,
    /// Actions and feedback of this ticket.
    #[serde(deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
    /// Tickets, actions and feedback of this chat.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
}

impl ResourceQuery {
    /// The words that are looked for, if there are any.
    pub(super) fn words(&self) -> Option<&str> {
        self.search.as_ref().map(|words| words.0.as_str()).filter(|words| !words.trim().is_empty())
    }

    pub(super) fn filter(&self, resource: Resource, list: &ListQuery) -> ResourceFilter {
        let reference = |id: Option<Int>| id.map(|id| id.0).filter(|id| *id > 0);
        ResourceFilter {
            sight: None,
            ticket: reference(self.ticket_id),
            chat: reference(self.chat_id),
            words: self.words().into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect(),
            sorts: list.sorts(|name| document::has_member(resource, name).then(|| name.to_owned())),
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
