//! What Slack answers, sorted by what is to be done about it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

/// Why a call has no result. It quotes nothing of the token or the request.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// Too many calls; nothing was done.
    #[error("Slack asks for a pause of {} s", .0.as_secs())]
    RateLimited(Duration),
    /// Slack said no, and why.
    #[error("Slack answers {code}")]
    Refused { code: String, fault: Fault },
    /// The request did not get there.
    #[error("Slack cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The request was sent and its answer did not come: it may have been done.
    #[error("Slack's answer was lost")]
    AnswerLost,
    /// The address is none that may be called.
    #[error("the address is none of Slack's")]
    NotSlacks,
}

/// What a refusal is about (the classes of Slack's documented error codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The token is of no use any more.
    DeadToken,
    /// The app lacks a scope or a right: the administrator's to mend.
    Configuration,
    /// The conversation or the person is not to be reached.
    TargetGone,
    /// What we sent is wrong; it will be as wrong the next time.
    Content,
    /// Slack's own trouble.
    Passing,
}

impl SlackError {
    pub(super) fn refused(code: &str) -> Self {
        // Slack's codes are short words; whatever else comes is no code, and might be anything.
        let is_code = !code.is_empty() && code.len() <= 64;
        let is_code =
            is_code && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
        let code = if is_code { code } else { "unknown_error" };
        Self::Refused { code: code.to_owned(), fault: Fault::of(code) }
    }

    /// Slack's own trouble, told by the status alone.
    pub(super) fn trouble(status: StatusCode) -> Self {
        Self::Refused { code: format!("http_{}", status.as_u16()), fault: Fault::Passing }
    }

    /// Slack's word, where it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::RateLimited(_) | Self::Unreachable(_) | Self::AnswerLost | Self::NotSlacks => None,
        }
    }

    pub const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Refused { fault, .. } => Some(*fault),
            Self::RateLimited(_) | Self::Unreachable(_) | Self::AnswerLost | Self::NotSlacks => None,
        }
    }
}

impl Fault {
    fn of(code: &str) -> Self {
        match code {
            "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired"
            | "org_login_required" => Self::DeadToken,
            "missing_scope"
            | "not_allowed_token_type"
            | "no_permission"
            | "messages_tab_disabled"
            | "team_access_not_granted"
            | "ekm_access_denied"
            | "two_factor_setup_required"
            | "accesslimited"
            | "access_denied" => Self::Configuration,
            code if code.starts_with("restricted_action") => Self::Configuration,
            "channel_not_found"
            | "is_archived"
            | "channel_is_archived"
            | "not_in_channel"
            | "user_not_found"
            | "user_not_in_channel"
            | "user_disabled"
            | "users_not_found"
            | "message_not_found"
            | "cant_update_message"
            | "cant_delete_message"
            | "edit_window_closed"
            | "thread_not_found"
            | "no_service"
            | "no_active_hooks"
            | "team_disabled"
            | "action_prohibited"
            | "posting_to_general_channel_denied" => Self::TargetGone,
            "ratelimited"
            | "rate_limited"
            | "message_limit_exceeded"
            | "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout"
            | "team_added_to_org" => Self::Passing,
            _ => Self::Content,
        }
    }
}

/// Counts a call by what came of it, and hands its outcome on.
pub(super) fn count<T>(outcome: Result<T, SlackError>) -> Result<T, SlackError> {
    let name = match &outcome {
        Ok(_) => "ok",
        Err(SlackError::RateLimited(_)) => "rate_limited",
        Err(SlackError::Refused { .. }) => "refused",
        Err(SlackError::Unreachable(_)) => "unreachable",
        Err(SlackError::AnswerLost) => "lost",
        Err(SlackError::NotSlacks) => "not_slacks",
    };
    metrics::counter!("aureole_slack_calls_total", "outcome" => name).increment(1);
    outcome
}

/// The object of a successful answer.
pub(super) fn read(bytes: &[u8]) -> Result<Value, SlackError> {
    let Ok(answer) = serde_json::from_slice::<Value>(bytes) else { return Err(SlackError::AnswerLost) };
    match answer["ok"].as_bool() {
        Some(true) => Ok(answer),
        Some(false) => Err(SlackError::refused(answer["error"].as_str().unwrap_or_default())),
        None => Err(SlackError::AnswerLost),
    }
}
