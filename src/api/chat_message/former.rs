//! What a message said before it was edited or deleted.

use serde::Serialize;

use crate::{
    api::objects::lenient::Moment,
    domain::{ids::AgentId, message::FormerText},
};

/// Words that were replaced, when and by whom. The first of them are the sender's own.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = LiveChatMsgFormer)]
pub struct FormerTextShown {
    pub text: String,
    pub textplain: String,
    /// When these words were replaced.
    pub datetime: Moment,
    /// Who replaced them; absent: an API client without an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
}

impl From<&FormerText> for FormerTextShown {
    fn from(former: &FormerText) -> Self {
        Self {
            text: former.html.as_str().to_owned(),
            textplain: former.plain.clone(),
            datetime: Moment(former.replaced_at),
            agent_id: former.agent.map(AgentId::get),
            agent_name: former.agent_name.clone(),
        }
    }
}
