//! Attachments as they arrive and leave.

use serde::{Deserialize, Serialize};

use super::encoded::Encoded;
use crate::{
    api::{
        error::ApiError,
        objects::lenient::{Flag, Int, Moment, Text, optional},
    },
    app::App,
    domain::{attachment::Attachment as Stored, ids::ChatId},
    service::attachment::Target,
};

/// A file to keep.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = AttachmentIn, example = json!({"chat_id": 7, "filename": "note.txt", "data_base64": "SGVsbG8="}))]
pub struct AttachmentIn<'a> {
    /// The chat that it goes with; a visitor's token names it already.
    #[serde(default, deserialize_with = "optional")]
    pub chat_id: Option<Int>,
    /// The ticket that it goes with; ignored from visitors.
    #[serde(default, deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
    /// Folders in it are left out.
    #[serde(default, deserialize_with = "optional")]
    pub filename: Option<Text>,
    #[serde(default, deserialize_with = "optional")]
    pub desc: Option<Text>,
    /// False: the chat's visitor does not see it; ignored from visitors.
    #[serde(default, deserialize_with = "optional")]
    pub showforusers: Option<Flag>,
    /// The content; a `data:` URL is taken as well. Its type is found out, not believed.
    #[serde(borrow)]
    #[schema(value_type = String, format = Byte)]
    pub data_base64: Option<Encoded<'a>>,
}

/// Files as a browser's form sends them.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "file": ["(content)"], "chat_id": 7 }))]
#[expect(dead_code, reason = "describes a body that is read part by part")]
pub struct AttachmentForm {
    /// One part for each file, at most 100; the name of the part does not matter.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<String>,
    /// The chat that they go with; a visitor's token names it already.
    chat_id: Option<i32>,
    /// The ticket that they go with; ignored from visitors.
    ticket_id: Option<i32>,
    desc: Option<String>,
    /// False: the chat's visitor does not see them; ignored from visitors.
    showforusers: Option<bool>,
}

/// The content of a file, as it was sent.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary, example = json!("(content)"))]
#[expect(dead_code, reason = "describes an answer that is streamed")]
pub struct FileContent(Vec<u8>);

/// What is known about a file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
// Halo's whole object, inside others, has its plain name.
#[schema(as = StoredAttachment, example = json!({
    "id": 12, "filename": "note.txt", "content_type": "text/plain", "filesize": 5, "isimage": false, "showforusers": true,
    "chat_id": 7, "datecreated": "2026-03-02T09:00:00Z", "link": "https://chat.example.com/api/Attachment/12"
}))]
pub struct Attachment {
    pub id: i32,
    pub filename: String,
    /// What the content is, whatever its name says.
    pub content_type: String,
    /// Bytes.
    pub filesize: i32,
    pub isimage: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<i32>,
    /// False: the chat's visitor does not see it.
    pub showforusers: bool,
    /// The agent who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i32>,
    pub datecreated: Moment,
    /// Where the content can be fetched, with a token.
    pub link: String,
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({ "record_count": 1, "attachments": [{
    "id": 12, "filename": "note.txt", "content_type": "text/plain", "filesize": 5, "isimage": false,
    "showforusers": true, "chat_id": 7, "datecreated": "2026-03-02T09:00:00Z",
    "link": "https://chat.example.com/api/Attachment/12"
}] }))]
pub struct AttachmentList {
    /// All matches; 0 past the last page.
    pub record_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_no: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<i64>,
    pub attachments: Vec<Attachment>,
}

/// Whose files are listed.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AttachmentsQuery {
    /// Files of this chat; a visitor's token names it already.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
    /// Files of this ticket.
    #[serde(deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
}

/// How a file is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AttachmentQuery {
    /// What is known about the file, instead of the file.
    #[serde(deserialize_with = "optional")]
    pub includedetails: Option<Flag>,
}

impl Attachment {
    pub fn new(app: &App, stored: Stored) -> Self {
        Self {
            id: stored.id,
            isimage: stored.content_type.starts_with("image/"),
            content_type: stored.content_type,
            filename: stored.name,
            filesize: stored.size,
            desc: stored.description,
            chat_id: stored.chat.map(ChatId::get),
            ticket_id: stored.ticket,
            showforusers: !stored.is_staff_only,
            agent_id: stored.agent.map(crate::domain::ids::AgentId::get),
            datecreated: Moment(stored.created_at),
            link: format!("{}/api/Attachment/{}", app.config.public_url, stored.id),
        }
    }
}

/// Characters of a description.
const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;

/// What a file goes with, as a body says it; Halo's "none" is 0 or below.
pub fn target(
    chat: Option<i32>,
    ticket: Option<i32>,
    desc: Option<String>,
    is_shown: bool,
) -> Result<Target, ApiError> {
    if desc.as_ref().is_some_and(|desc| desc.chars().count() > DESCRIPTION_CHARACTERS_MAX) {
        let problem = format!("desc is longer than {DESCRIPTION_CHARACTERS_MAX} characters");
        return Err(ApiError::bad_request(problem));
    }
    Ok(Target {
        chat: chat.filter(|id| *id > 0).map(ChatId::new),
        ticket: ticket.filter(|id| *id > 0),
        description: desc.filter(|desc| !desc.is_empty()),
        is_staff_only: !is_shown,
    })
}
