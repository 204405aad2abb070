//! What is asked and answered. None of it prints what anybody said: what is printed ends in logs.

use std::fmt;

use serde_json::Value;

/// A question: the conversation so far, and what the model may call.
pub struct Completion<'a> {
    /// Without one it is the configured one; without that too the server decides.
    pub model: Option<String>,
    pub messages: Vec<Turn>,
    pub tools: &'a [Tool],
}

#[derive(Clone, PartialEq, Eq)]
pub enum Turn {
    System(String),
    User(String),
    Assistant(String),
    AssistantCalls(Vec<ToolCall>),
    ToolResult { call_id: String, text: String },
}

/// A function that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: String,
    /// A JSON schema.
    pub parameters: Value,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON, as far as the model keeps to it.
    pub arguments: String,
}

/// The model's turn.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub words: String,
    pub calls: Vec<ToolCall>,
    /// The model or its server would not answer.
    pub is_refusal: bool,
}

impl fmt::Debug for Completion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completion")
            .field("model", &self.model)
            .field("messages", &self.messages.len())
            .field("tools", &self.tools.len())
            .finish()
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System(_) => "System(..)",
            Self::User(_) => "User(..)",
            Self::Assistant(_) => "Assistant(..)",
            Self::AssistantCalls(_) => "AssistantCalls(..)",
            Self::ToolResult { .. } => "ToolResult(..)",
        })
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("calls", &self.calls)
            .field("is_refusal", &self.is_refusal)
            .finish_non_exhaustive()
    }
}
