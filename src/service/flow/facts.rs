//! What the engine is told before a walk, and what it learns on the way.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::ids::{TeamId, UserId},
    flow::{CallId, Effect, Facts},
    service::{
        conversation::Conversation,
        hours, presence,
        profile::{self, RunningProfile},
        ticket,
    },
    store::{Conn, StoreError},
};

/// The engine's facts, and who the visitor is known to be.
pub(super) struct Known {
    pub facts: Facts,
    pub user: Option<UserId>,
    /// The customer's site for tickets of people whom nobody knows.
    pub default_site: Option<i32>,
}

impl Known {
    pub async fn gather(
        app: &App,
        conn: &mut Conn,
        conversation: &Conversation,
        profile: &RunningProfile,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let visitor = conversation.visitor();
        let user = ticket::known_user(conversation);
        let chat = &conversation.chat;
        let facts = Facts {
            chat_id: Some(chat.id),
            page_url: chat.page_url.clone().unwrap_or_default(),
            language_id: chat.language_id,
            country: app.config.phone_country.clone(),
            visitor_name: visitor.map(|one| one.name.clone()).unwrap_or_default(),
            visitor_email: visitor.and_then(|one| one.email.clone()).unwrap_or_default(),
            visitor_is_known: user.is_some(),
            ticket_id: chat.ticket_id,
            variables: conversation.variables.clone(),
            next_call: CallId::new(conversation.head.version + 1),
            ..Facts::default()
        };
        let mut known = Self { facts, user, default_site: None };
        known.move_to(app, conn, profile, now).await?;
        Ok(known)
    }

    /// What depends on the profile, of the one that the chat goes on in.
    pub async fn move_to(
        &mut self,
        app: &App,
        conn: &mut Conn,
        profile: &RunningProfile,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.default_site = profile.settings.ticket.site;
        let facts = &mut self.facts;
        facts.profile_name.clone_from(&profile.settings.name);
        facts.bot_name.clone_from(&profile.settings.bot_name);
        let hours = hours::of_profile(app, conn, &profile.settings).await?;
        facts.now = hours.as_ref().map_or_else(|| now.fixed_offset(), |hours| hours.local(now));
        facts.within_hours = hours.is_none_or(|hours| hours.is_open(now));
        facts.reachable_teams = reachable_teams(conn, profile, now).await?;
        facts.fields = if profile.flow.field_ids().next().is_some() {
            profile::fields(app, conn).await?
        } else {
            Arc::default()
        };
        Ok(())
    }

    /// What the walk has come to so far, for the steps behind a lookup.
    pub fn learn(&mut self, effect: &Effect) {
        match effect {
            Effect::SetVariable { name, value } => {
                self.facts.variables.insert(name.clone(), value.clone());
            }
            Effect::Identify { user, name, email } => {
                self.user = Some(*user);
                self.facts.visitor_is_known = true;
                self.facts.visitor_name.clone_from(name);
                self.facts.visitor_email.clone_from(email);
            }
            _ => {}
        }
    }
}

async fn reachable_teams(
    conn: &mut Conn,
    profile: &RunningProfile,
    now: DateTime<Utc>,
) -> Result<BTreeSet<TeamId>, StoreError> {
    if profile.flow.asks_who_is_reachable() {
        presence::reachable_teams(conn, now).await
    } else {
        Ok(BTreeSet::new())
    }
}
