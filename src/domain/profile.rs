//! A chat profile: the settings that the server acts on. The rest is kept as a document.

/// What an administrator decided, as far as the server itself goes by it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileSettings {
    pub name: String,
    /// The public half of the pair that opens the profile without a login.
    pub key: Option<String>,
    /// Only people who are signed in may start a chat (`access_type` 0).
    pub signed_in_only: bool,
    /// The name over the bot's messages.
    pub bot_name: String,
    /// What visitors see instead of an agent's name; none: the name (`technamevisibility`).
    pub agent_alias: Option<String>,
    /// Minutes to promise when there is nothing to calculate from.
    pub default_wait_minutes: Option<f64>,
    /// Somebody must be online for the chat to count as available (`techmustonline`).
    pub agent_must_be_online: bool,
    /// The working hours that it keeps to (`workdays_id`); none: it is always open.
    pub workdays: Option<i32>,
    pub feedback_enabled: bool,
    /// Hosts of sites that may use the profile; empty: the server's own only.
    pub origins: Vec<String>,
    pub identity: IdentitySettings,
    /// Matching data serves one chat and is gone (`cmd_one_time_use`).
    pub matching_data_serves_once: bool,
}

/// How far a site's word is taken for who a visitor is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdentitySettings {
    /// Identity tokens are taken (`enable_user_matching`).
    pub takes_tokens: bool,
    /// A token must not have expired (`validate_lifetime`).
    pub checks_lifetime: bool,
    /// Users are found by the token's subject first (`use_subject_matching`).
    pub matches_subject: bool,
    /// The site of users that a token makes.
    pub new_user_site: Option<i32>,
    pub mappings: Vec<ClaimMapping>,
    /// A visitor who signs in takes the chat's tickets along (`update_ticket_user_on_upgrade`).
    pub takes_tickets_along: bool,
}

/// A claim that fills a field of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMapping {
    pub claim: String,
    pub field: String,
    pub overwrite: Overwrite,
}

/// When a claim changes a field of a user who exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// The field follows the token.
    Always,
    /// Only while there is nothing in it.
    Empty,
    Never,
}
