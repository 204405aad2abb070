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
    /// Somebody must be online for the chat to count as available (`techmustonline`).
    pub agent_must_be_online: bool,
    /// The working hours that it keeps to (`workdays_id`); none: it is always open.
    pub workdays: Option<i32>,
    /// Whether the end of a chat asks for a rating, and in which words.
    pub feedback: Option<FeedbackSettings>,
    pub ticket: TicketSettings,
    pub waiting: WaitSettings,
    /// Minutes after which a visitor who is silent and gone has abandoned the chat; none: the
    /// operator's.
    pub abandoned_after_minutes: Option<f64>,
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

/// How the end of a chat asks for a rating (HTML).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackSettings {
    pub before: String,
    pub after: String,
    /// Asks for more words after a rating without any; none: it does not.
    pub before_comments: Option<String>,
}

/// When a chat becomes a ticket by itself (`logticket`), and what kind of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketSettings {
    pub moment: TicketMoment,
    pub ticket_type: Option<i32>,
    pub site: Option<i32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketMoment {
    #[default]
    Never,
    /// 1: when people get the chat.
    LiveChat,
    /// 2: when the chat ends.
    End,
}

/// What those hear who wait for people, and how long they are told that it will take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaitSettings {
    /// Templates (HTML with variables), in their order.
    pub messages: Vec<String>,
    /// Minutes between them.
    pub interval_minutes: f64,
    /// Whether they begin again after the last.
    pub loops: bool,
    /// Minutes to promise when there is nothing to calculate from.
    pub default_minutes: Option<f64>,
    /// Whether it is calculated at all (`wait_time_calc_method` 0), or always what is promised (1).
    pub calculates: bool,
    /// Minutes that the calculation looks back.
    pub window_minutes: f64,
}
