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
}
