//! Who may call what: every rule in one table. What is not in it is refused.
//!
//! These rules open the door of an operation; which chats are behind it for this caller is decided
//! by `service::access`.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::Method;

use super::error::ApiError;
use crate::domain::caller::Caller;

/// What a caller needs for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing, and it is not counted: for whoever looks after the server.
    Probe,
    /// Nothing: the short public list.
    Open,
    /// Slack's signature over the request, which the operation checks.
    Signed,
    /// A chat profile's public key, which the operation checks, or credentials with `access:chat`.
    KeyOrToken,
    /// A visitor's token, or credentials with `access:chat`.
    Chat,
    /// The same, brought in a socket's first frame where not before.
    ChatSocket,
    /// Credentials of an agent or an API client, whatever their scope.
    Staff,
    /// Credentials with `access:chat`.
    ChatStaff,
    /// Credentials with `all` or `admin`.
    Admin,
}

use Rule::{Admin, Chat, ChatSocket, ChatStaff, KeyOrToken, Open, Probe, Signed, Staff};

/// Every operation, by method and path.
#[rustfmt::skip]
pub const RULES: &[(Method, &str, Rule)] = &[
    (Method::GET,    "/authinfo",              Open),
    (Method::POST,   "/auth/token",            Open),
    (Method::GET,    "/health/live",           Probe),
    (Method::GET,    "/health/ready",          Probe),
    (Method::GET,    "/metrics",               Probe),
    (Method::GET,    "/openapi.yaml",          Open),
    (Method::GET,    "/lookup",                Staff),
    (Method::GET,    "/InstanceInfo",          Staff),
    (Method::GET,    "/Agent/me",              Staff),

    (Method::GET,    "/Chat",                  Chat),
    (Method::POST,   "/Chat",                  KeyOrToken),
    (Method::GET,    "/Chat/{id}",             Chat),
    (Method::GET,    "/Chat/Stream",           ChatStaff),
    (Method::GET,    "/ChatMessage",           Chat),
    (Method::POST,   "/ChatMessage",           Chat),
    (Method::POST,   "/ChatMessage/IsTyping",  Chat),
    (Method::GET,    "/ChatMessage/Stream",    Chat),
    (Method::GET,    "/ChatMessage/Socket",    ChatSocket),
    (Method::POST,   "/ChatFlow",              Chat),
    (Method::POST,   "/ChatMatchingData",      KeyOrToken),

    (Method::GET,    "/Attachment",            Chat),
    (Method::POST,   "/Attachment",            Chat),
    (Method::GET,    "/Attachment/{id}",       Chat),
    (Method::DELETE, "/Attachment/{id}",       ChatStaff),

    (Method::GET,    "/ChatProfile",           ChatStaff),
    (Method::POST,   "/ChatProfile",           Admin),
    (Method::GET,    "/ChatProfile/{id}",      KeyOrToken),
    (Method::DELETE, "/ChatProfile/{id}",      Admin),

    (Method::GET,    "/Agent",                 ChatStaff),
    (Method::POST,   "/Agent",                 Admin),
    (Method::GET,    "/Agent/{id}",            ChatStaff),
    (Method::DELETE, "/Agent/{id}",            Admin),
    (Method::GET,    "/Team",                  ChatStaff),
    (Method::POST,   "/Team",                  Admin),
    (Method::GET,    "/Team/{id}",             ChatStaff),
    (Method::DELETE, "/Team/{id}",             Admin),
    (Method::GET,    "/FieldInfo",             ChatStaff),
    (Method::POST,   "/FieldInfo",             Admin),
    (Method::GET,    "/FieldInfo/{id}",        ChatStaff),
    (Method::DELETE, "/FieldInfo/{id}",        Admin),
    (Method::GET,     "/Users",                ChatStaff),
    (Method::POST,    "/Users",                Admin),
    (Method::GET,     "/Users/{id}",           ChatStaff),
    (Method::DELETE,  "/Users/{id}",           Admin),
    (Method::GET,     "/KBArticle",            ChatStaff),
    (Method::POST,    "/KBArticle",            Admin),
    (Method::GET,     "/KBArticle/{id}",       ChatStaff),
    (Method::DELETE,  "/KBArticle/{id}",       Admin),
    (Method::GET,     "/Service",              ChatStaff),
    (Method::POST,    "/Service",              Admin),
    (Method::GET,     "/Service/{id}",         ChatStaff),
    (Method::DELETE,  "/Service/{id}",         Admin),
    (Method::GET,     "/TicketType",           ChatStaff),
    (Method::POST,    "/TicketType",           Admin),
    (Method::GET,     "/TicketType/{id}",      ChatStaff),
    (Method::DELETE,  "/TicketType/{id}",      Admin),
    (Method::GET,     "/Tickets",              ChatStaff),
    (Method::POST,    "/Tickets",              ChatStaff),
    (Method::GET,     "/Tickets/{id}",         ChatStaff),
    (Method::DELETE,  "/Tickets/{id}",         Admin),
    (Method::GET,     "/Actions",              ChatStaff),
    (Method::POST,    "/Actions",              ChatStaff),
    (Method::GET,     "/Actions/{id}",         ChatStaff),
    (Method::DELETE,  "/Actions/{id}",         Admin),
    (Method::GET,     "/Feedback",             ChatStaff),
    (Method::POST,    "/Feedback",             ChatStaff),
    (Method::GET,     "/Feedback/{id}",        ChatStaff),
    (Method::DELETE,  "/Feedback/{id}",        Admin),
    (Method::GET,     "/VirtualAgent",         ChatStaff),
    (Method::POST,    "/VirtualAgent",         Admin),
    (Method::GET,     "/VirtualAgent/{id}",    ChatStaff),
    (Method::DELETE,  "/VirtualAgent/{id}",    Admin),
    (Method::GET,    "/CannedText",            ChatStaff),
    (Method::POST,   "/CannedText",            ChatStaff),
    (Method::GET,    "/CannedText/{id}",       ChatStaff),
    (Method::DELETE, "/CannedText/{id}",       ChatStaff),
    (Method::GET,    "/Workday",               ChatStaff),
    (Method::POST,   "/Workday",               Admin),
    (Method::GET,    "/Workday/{id}",          ChatStaff),
    (Method::DELETE, "/Workday/{id}",          Admin),
    (Method::GET,    "/SlackChatApp",          ChatStaff),
    (Method::POST,   "/SlackChatApp",          Admin),
    (Method::GET,    "/SlackChatApp/{id}",     ChatStaff),
    (Method::DELETE, "/SlackChatApp/{id}",     Admin),
    (Method::GET,    "/SlackDetails",          ChatStaff),
    (Method::POST,   "/SlackDetails",          Admin),
    (Method::GET,    "/SlackDetails/{id}",     ChatStaff),
    (Method::DELETE, "/SlackDetails/{id}",     Admin),
    (Method::POST,   "/SlackDetails/Uninstall", Admin),
    (Method::GET,    "/Audit",                 Admin),
    (Method::POST,   "/Privacy/Export",        Admin),
    (Method::POST,   "/Privacy/Erase",         Admin),
    (Method::GET,    "/OnlineStatus",          Chat),
    (Method::POST,   "/OnlineStatus",          Chat),
    (Method::POST,   "/Slack/Manifest",        Admin),
    (Method::POST,   "/Slack/Event",           Signed),
    (Method::POST,   "/Slack/Command",         Signed),
    (Method::POST,   "/Slack/Interactivity",   Signed),
];

static BY_PATH: LazyLock<HashMap<(&'static Method, &'static str), Rule>> =
    LazyLock::new(|| RULES.iter().map(|(method, path, rule)| ((method, *path), *rule)).collect());

/// The rule of an operation; none: it is not in the table, and so not to be called.
pub fn rule_of(method: &Method, path: &str) -> Option<Rule> {
    // A HEAD is a GET whose body is thrown away.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    BY_PATH.get(&(method, path)).copied()
}

impl Rule {
    /// Lets the caller through, or says 401 (come back with a token) or 403 (this one never will do).
    pub fn check(self, caller: &Caller) -> Result<(), ApiError> {
        let staff = caller.staff();
        let is_let_in = match self {
            Probe | Open | Signed => true,
            // A key adds nothing to credentials that were given no chats.
            KeyOrToken => staff.is_none_or(|staff| staff.may_chat),
            ChatSocket if *caller == Caller::Stranger => true,
            Chat | ChatSocket => caller.is_visitor() || staff.is_some_and(|staff| staff.may_chat),
            Staff => staff.is_some(),
            ChatStaff => staff.is_some_and(|staff| staff.may_chat),
            Admin => caller.is_admin(),
        };
        match (is_let_in, caller) {
            (true, _) => Ok(()),
            (false, Caller::Stranger) => {
                Err(ApiError::unauthorized("a token is missing; POST /auth/token gives one"))
            }
            (false, _) => Err(ApiError::forbidden("this token's scope or rights do not open this")),
        }
    }
}
