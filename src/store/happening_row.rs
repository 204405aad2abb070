//! How an entry of the log lies in its `detail`: what happened, and who the sender is where the log
//! meets somebody for the first time. Rows of earlier versions lack some of it, and still load.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{
    chat::{Participant, Person, SlackPlace},
    ids::{AgentId, MessageNumber, ParticipantNumber, ProfileId, TeamId, UserId},
    message::{Beginning, Description, Happening, Message},
};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Detail {
    agent: Option<i32>,
    from: Option<i32>,
    from_team: Option<i32>,
    team: Option<i32>,
    teams: Option<Vec<i32>>,
    participant: Option<i32>,
    invited_by: Option<i32>,
    message: Option<i32>,
    number: Option<i32>,
    ticket: Option<i32>,
    user: Option<i32>,
    name: Option<String>,
    email: Option<String>,
    profile: Option<String>,
    page: Option<String>,
    language: Option<i32>,
    agent_chat: Option<bool>,
    teams_conversation: Option<String>,
    /// App, conversation and person.
    slack: Option<[String; 3]>,
    who: Option<Who>,
}

/// The sender of the entry.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Who {
    agent: Option<i32>,
    user: Option<i32>,
    unknown: Option<String>,
    client: Option<String>,
    name: String,
    email: Option<String>,
    left: bool,
}

/// What `detail` holds for an entry; nothing for ordinary words of somebody the log knows.
pub(super) fn detail_of(entry: &Message) -> Option<Value> {
    let who = entry.introduces.as_deref().map(Who::from);
    let detail = match (detail_of_happening(&entry.happening), who) {
        (None, None) => return None,
        (detail, who) => Detail { who, ..detail.unwrap_or_default() },
    };
    let mut detail = serde_json::to_value(detail).expect("a detail holds numbers and texts only");
    for part in ["who", ""] {
        let members = if part.is_empty() { Some(&mut detail) } else { detail.get_mut(part) };
        if let Some(Value::Object(members)) = members {
            members.retain(|_, value| !value.is_null());
        }
    }
    Some(detail)
}

fn detail_of_happening(happening: &Happening) -> Option<Detail> {
    Some(match happening {
        Happening::Said
        | Happening::Abandoned
        | Happening::Rated
        | Happening::Note
        | Happening::Other { .. } => return None,
        Happening::Started(beginning) => Detail {
            agent_chat: beginning.is_agent_chat.then_some(true),
            teams_conversation: beginning.teams_conversation_id.clone(),
            slack: beginning.slack.clone().map(|SlackPlace { app, channel, user }| [app, channel, user]),
            ..detail_of_description(&beginning.described)
        },
        Happening::Described(described) => detail_of_description(described),
        Happening::Joined { agent, team, invited_by } => Detail {
            agent: Some(agent.get()),
            team: team.map(TeamId::get),
            invited_by: invited_by.map(ParticipantNumber::get),
            ..Detail::default()
        },
        Happening::Left { participant: who }
        | Happening::Closed { by: who }
        | Happening::Reopened { by: who } => Detail { participant: Some(who.get()), ..Detail::default() },
        Happening::Queued { teams } => {
            Detail { teams: Some(teams.iter().map(|team| team.get()).collect()), ..Detail::default() }
        }
        Happening::Transferred { from, from_team, to_agent, to_team } => Detail {
            from: from.map(AgentId::get),
            from_team: from_team.map(TeamId::get),
            agent: to_agent.map(AgentId::get),
            team: to_team.map(TeamId::get),
            ..Detail::default()
        },
        Happening::Edited { message } | Happening::Deleted { message } => {
            Detail { message: Some(message.get()), ..Detail::default() }
        }
        Happening::WaitMessage { number } => Detail { number: Some(*number), ..Detail::default() },
        Happening::Offered { agent } => Detail { agent: Some(agent.get()), ..Detail::default() },
        Happening::TicketLogged { ticket } => Detail { ticket: Some(*ticket), ..Detail::default() },
        Happening::Identified { user, name, email } => Detail {
            user: Some(user.get()),
            name: Some(name.clone()),
            email: Some(email.clone()),
            ..Detail::default()
        },
    })
}

fn detail_of_description(described: &Description) -> Detail {
    let Description { name, page_url, language_id, profile } = described.clone();
    Detail {
        name,
        page: page_url,
        language: language_id,
        profile: profile.map(|profile| profile.as_str().to_owned()),
        ..Detail::default()
    }
}

impl Detail {
    fn description(&self) -> Description {
        Description {
            name: self.name.clone(),
            page_url: self.page.clone(),
            language_id: self.language,
            profile: self.profile.clone().map(ProfileId::new),
        }
    }
}

impl From<&Participant> for Who {
    fn from(one: &Participant) -> Self {
        let mut who =
            Self { name: one.name.clone(), email: one.email.clone(), left: one.has_left, ..Self::default() };
        match &one.person {
            Person::Agent(agent) => who.agent = Some(agent.get()),
            Person::Visitor { unknown_id, user } => {
                who.unknown = Some(unknown_id.clone());
                who.user = user.map(UserId::get);
            }
            Person::Client { client_id } => who.client = Some(client_id.clone()),
        }
        who
    }
}

impl Who {
    fn participant(self, number: ParticipantNumber) -> Result<Participant, String> {
        let person = match (self.agent, self.unknown, self.client) {
            (Some(agent), None, None) => Person::Agent(AgentId::new(agent)),
            (None, Some(unknown_id), None) => {
                Person::Visitor { unknown_id, user: self.user.map(UserId::new) }
            }
            (None, None, Some(client_id)) => Person::Client { client_id },
            _ => return Err("whom it introduces is not exactly one person".to_owned()),
        };
        Ok(Participant {
            number,
            person,
            name: self.name,
            email: self.email,
            is_signed_in: false,
            has_left: self.left,
            read: MessageNumber::new(0),
        })
    }
}

/// What happened, and whom the entry introduces.
pub(super) fn happening_from(
    code: i32,
    sender: ParticipantNumber,
    detail: Option<Value>,
) -> Result<(Happening, Option<Box<Participant>>), String> {
    let has_detail = detail.is_some();
    let mut detail: Detail = match detail {
        Some(value) => serde_json::from_value(value).map_err(|error| error.to_string())?,
        None => Detail::default(),
    };
    let introduces = detail.who.take().map(|who| who.participant(sender)).transpose()?.map(Box::new);
    let who = || detail.participant.map(ParticipantNumber::new).ok_or("it names no participant");
    let message = || detail.message.map(MessageNumber::new).ok_or("it names no message");
    let happening = match code {
        0 => Happening::Said,
        1 => Happening::Started(Box::new(Beginning {
            is_agent_chat: detail.agent_chat == Some(true),
            teams_conversation_id: detail.teams_conversation.clone(),
            slack: detail.slack.clone().map(|[app, channel, user]| SlackPlace { app, channel, user }),
            described: detail.description(),
        })),
        2 => Happening::Joined {
            agent: AgentId::new(detail.agent.ok_or("it names no agent")?),
            team: detail.team.map(TeamId::new),
            invited_by: detail.invited_by.map(ParticipantNumber::new),
        },
        3 => Happening::Left { participant: who()? },
        4 => Happening::Closed { by: who()? },
        5 => Happening::Queued {
            teams: detail.teams.unwrap_or_default().into_iter().map(TeamId::new).collect(),
        },
        6 => Happening::Transferred {
            from: detail.from.map(AgentId::new),
            from_team: detail.from_team.map(TeamId::new),
            to_agent: detail.agent.map(AgentId::new),
            to_team: detail.team.map(TeamId::new),
        },
        7 => Happening::Abandoned,
        8 => Happening::WaitMessage { number: detail.number.unwrap_or(0) },
        9 => Happening::Rated,
        10 => Happening::TicketLogged { ticket: detail.ticket.ok_or("it names no ticket")? },
        11 => Happening::Edited { message: message()? },
        12 => Happening::Deleted { message: message()? },
        13 => Happening::Reopened { by: who()? },
        14 => Happening::Identified {
            user: UserId::new(detail.user.ok_or("it names no user")?),
            name: detail.name.unwrap_or_default(),
            email: detail.email.unwrap_or_default(),
        },
        16 => Happening::Offered { agent: AgentId::new(detail.agent.ok_or("it names no agent")?) },
        17 => Happening::Note,
        // Without a detail it is a client's own, from before the number was taken.
        18 if has_detail => Happening::Described(Box::new(detail.description())),
        code => Happening::Other { code },
    };
    Ok((happening, introduces))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(code: i32, detail: Option<Value>) -> Happening {
        let (happening, introduces) =
            happening_from(code, ParticipantNumber::new(1), detail).expect("it loads");
        assert_eq!(introduces, None);
        happening
    }

    #[test]
    fn rows_of_earlier_versions_load() {
        assert_eq!(read(1, None), Happening::Started(Box::default()));
        let agent = AgentId::new(5);
        let joined = Happening::Joined { agent, team: None, invited_by: None };
        assert_eq!(read(2, Some(json!({ "agent": 5 }))), joined);
        let transferred = Happening::Transferred {
            from: Some(agent),
            from_team: None,
            to_agent: None,
            to_team: Some(TeamId::new(2)),
        };
        assert_eq!(read(6, Some(json!({ "from": 5, "team": 2 }))), transferred);
        assert_eq!(read(5, Some(json!({}))), Happening::Queued { teams: Vec::new() });
        assert_eq!(read(18, None), Happening::Other { code: 18 });
    }

    #[test]
    fn ordinary_words_of_somebody_who_is_known_need_no_detail() {
        use crate::domain::text::SafeHtml;
        let now = chrono::DateTime::default();
        let number = MessageNumber::new(1);
        let mut entry =
            Message::new(number, ParticipantNumber::new(1), Happening::Said, SafeHtml::default(), now);
        assert_eq!(detail_of(&entry), None);
        let ada = Participant {
            number: entry.sender,
            person: Person::Visitor { unknown_id: "u".to_owned(), user: None },
            name: "Ada".to_owned(),
            email: None,
            is_signed_in: false,
            has_left: false,
            read: MessageNumber::new(0),
        };
        entry.introduces = Some(Box::new(ada));
        let detail = detail_of(&entry).expect("the log meets somebody");
        assert_eq!(detail, json!({ "who": { "unknown": "u", "name": "Ada", "left": false } }));
        let back = happening_from(0, entry.sender, Some(detail)).expect("it loads");
        assert_eq!(back, (entry.happening, entry.introduces));
    }
}
