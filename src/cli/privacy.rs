//! `aureole privacy …`.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use clap::{Args, Subcommand};

use super::Problem;
use crate::{
    app::App,
    domain::{
        audit::Actor,
        ids::{ChatId, UserId},
        person::{Removed, Subject},
    },
    service::privacy,
};

/// How long is erased between two words to whoever waits.
const ROUND: Duration = Duration::from_secs(10);

#[derive(Subcommand)]
pub enum PrivacyAction {
    /// Print everything that is kept of a person, as one JSON document
    Export(Whom),
    /// Remove everything that is kept of a person, for good
    Erase(Whom),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Whom {
    /// Whoever gave this address, is the user with it, or has it in Slack
    #[arg(long)]
    email: Option<String>,
    /// A known user, by id
    #[arg(long)]
    user: Option<i32>,
    /// A visitor whom nobody knows
    #[arg(long)]
    unknown: Option<String>,
    /// The visitor of this chat
    #[arg(long)]
    chat: Option<i32>,
}

impl Whom {
    fn subject(self) -> Result<Subject, Problem> {
        self.email
            .map(Subject::Email)
            .or(self.user.map(|id| Subject::User(UserId::new(id))))
            .or(self.unknown.map(Subject::Unknown))
            .or(self.chat.map(|id| Subject::Chat(ChatId::new(id))))
            .ok_or_else(|| Problem::new("a person is named by --email, --user, --unknown or --chat"))
    }
}

pub async fn run(app: &App, action: PrivacyAction) -> Result<(), Problem> {
    let operator = Actor::operator();
    match action {
        PrivacyAction::Export(whom) => {
            let mut pieces = privacy::export(app, &operator, &whom.subject()?).await?;
            let mut output = io::stdout().lock();
            while let Some(piece) = pieces.recv().await {
                output.write_all(&piece?)?;
            }
            output.flush()?;
        }
        PrivacyAction::Erase(whom) => {
            let subject = whom.subject()?;
            let mut removed = Removed::default();
            loop {
                let round = privacy::erase(app, &operator, &subject, ROUND).await?;
                removed.add(&round.removed);
                if round.is_complete {
                    break;
                }
                eprintln!("{} chats so far", removed.0.get("chats").copied().unwrap_or_default());
            }
            for (kind, rows) in &removed.0 {
                println!("{kind}: {rows}");
            }
        }
    }
    Ok(())
}
