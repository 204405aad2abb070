//! A stored profile document, read for the settings that the server goes by. Loading is total.

use crate::domain::{
    document::Document,
    profile::{
        ClaimMapping, FeedbackSettings, IdentitySettings, Overwrite, ProfileSettings, TicketMoment,
        TicketSettings, WaitSettings,
    },
};

use super::profile_document::Reader;

/// Minutes between the messages for those who wait: Halo's stored default.
const WAIT_INTERVAL_MINUTES: f64 = 3.0;
/// Oftener than this nobody is told anything: six seconds.
const WAIT_INTERVAL_MINUTES_MIN: f64 = 0.1;
/// Minutes that the expected wait is calculated from: Halo's stored default.
const WAIT_WINDOW_MINUTES: f64 = 60.0;

/// Reads the settings that the server goes by.
pub fn settings(document: &Document) -> ProfileSettings {
    let document = Reader::parse(document);
    let name = document.text("name").unwrap_or_default();
    let id = |name: &str| document.int(name).filter(|id| *id > 0);
    ProfileSettings {
        bot_name: document
            .text("bot_name")
            .or_else(|| document.text("chatnameoverride"))
            .unwrap_or_else(|| name.clone()),
        name,
        key: document.text("key"),
        signed_in_only: document.int("access_type").unwrap_or(0) == 0,
        agent_alias: document
            .text("technamevisibilitytext")
            .filter(|_| document.int("technamevisibility") == Some(1)),
        agent_must_be_online: document.flag("techmustonline"),
        workdays: id("workdays_id"),
        feedback: document.flag("enable_feedback").then(|| feedback(&document)),
        ticket: TicketSettings {
            moment: match document.int("logticket") {
                Some(1) => TicketMoment::LiveChat,
                Some(2) => TicketMoment::End,
                _ => TicketMoment::Never,
            },
            ticket_type: id("tickettype_id"),
            site: id("default_ticket_clientsite"),
        },
        waiting: waiting(&document),
        abandoned_after_minutes: positive(&document, "abandoned_live_chat_check_period"),
        origins: document.each("cors_whitelist_list").filter_map(|origin| origin.text("value")).collect(),
        identity: identity(&document),
        matching_data_serves_once: document.flag("cmd_one_time_use"),
    }
}

fn identity(document: &Reader) -> IdentitySettings {
    IdentitySettings {
        takes_tokens: document.flag("enable_user_matching"),
        checks_lifetime: !document.says_no("validate_lifetime"),
        matches_subject: !document.says_no("use_subject_matching"),
        new_user_site: document.int("new_user_site_id").filter(|id| *id > 0),
        mappings: document.each("usermappings").filter_map(|row| mapping(&row)).collect(),
        takes_tickets_along: document.flag("update_ticket_user_on_upgrade"),
    }
}

fn mapping(row: &Reader) -> Option<ClaimMapping> {
    let overwrite = if row.flag("populateemptyvalue") {
        Overwrite::Empty
    } else if row.flag("dontupdate") {
        Overwrite::Never
    } else if row.says_no("dontupdate") {
        Overwrite::Always
    } else {
        Overwrite::Empty
    };
    Some(ClaimMapping { claim: row.text("thirdpartyname")?, field: row.text("name")?, overwrite })
}

fn positive(document: &Reader, name: &str) -> Option<f64> {
    document.real(name).filter(|number| *number > 0.0)
}

/// Halo stores a default sentence for each; these are ours.
fn feedback(document: &Reader) -> FeedbackSettings {
    let words = |name: &str, otherwise: &str| document.text(name).unwrap_or_else(|| otherwise.to_owned());
    let before_comments = || words("feedback_message_before_comments", "Would you like to tell us more?");
    FeedbackSettings {
        before: words("feedback_message_before", "How would you rate this chat, from 1 (worst) to 5 (best)?"),
        after: words("feedback_message_after", "Thank you for your feedback."),
        before_comments: document.flag("enable_feedback_comments").then(before_comments),
    }
}

fn waiting(document: &Reader) -> WaitSettings {
    let mut messages: Vec<(i32, String)> = document
        .each("wait_messages")
        .filter_map(|row| Some((row.int("sequence").unwrap_or(0), row.text("message")?)))
        .collect();
    // Sorting keeps the stored order among equals.
    messages.sort_by_key(|(sequence, _)| *sequence);
    WaitSettings {
        messages: messages.into_iter().map(|(_, message)| message).collect(),
        interval_minutes: positive(document, "wait_message_interval")
            .map_or(WAIT_INTERVAL_MINUTES, |minutes| minutes.max(WAIT_INTERVAL_MINUTES_MIN)),
        loops: document.flag("wait_message_loop"),
        default_minutes: document.real("default_wait_time"),
        calculates: document.int("wait_time_calc_method").unwrap_or(0) == 0,
        window_minutes: positive(document, "wait_time_calc_mins").unwrap_or(WAIT_WINDOW_MINUTES),
    }
}
