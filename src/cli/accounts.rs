//! `aureole client …` and `aureole agent …`.

use std::io::{BufRead, IsTerminal};

use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use super::Problem;
use crate::{
    app::App,
    domain::{audit::Actor, caller::Caller, document::Document, ids::AgentId},
    service::{
        auth::{
            agent::{set_password, set_password_of},
            client::{self, NewClient},
        },
        resource::{self, Change, Resource, ResourceFilter, Wanted},
    },
};

#[derive(Subcommand)]
pub enum ClientAction {
    /// Make a client; its secret is shown this once
    Create {
        #[arg(long)]
        name: String,
        /// May be given several times; all unless told
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// The agent that the client acts as, by id
        #[arg(long)]
        agent: Option<i32>,
        /// Without a secret: for agents who sign in with a password
        #[arg(long)]
        public: bool,
        /// Make a key for X-Halo-Api-Key too
        #[arg(long)]
        api_key: bool,
    },
    /// List clients
    List,
    /// Take a client's right to sign in; its tokens are dead at once
    Revoke { client_id: String },
}

#[derive(Subcommand)]
pub enum AgentAction {
    /// Make an agent; a password is read from standard input if one is given there
    Create {
        #[arg(long)]
        name: String,
        #[arg(long)]
        email: String,
        /// May change the configuration
        #[arg(long)]
        admin: bool,
    },
    /// List agents
    List,
    /// Set an agent's password, read from standard input
    Passwd {
        /// The e-mail address or name that the agent signs in with
        username: String,
    },
}

pub async fn client(app: &App, action: ClientAction) -> Result<(), Problem> {
    match action {
        ClientAction::Create { name, scopes, agent, public, api_key } => {
            let new = NewClient {
                name,
                scopes,
                agent: agent.map(AgentId::new),
                is_public: public,
                with_api_key: api_key,
            };
            let made = client::create(app, new).await?;
            println!("client_id: {}", made.client.id);
            if let Some(secret) = made.secret {
                println!("client_secret: {}", secret.expose_secret());
            }
            if let Some(key) = made.api_key {
                println!("api_key: {}", key.expose_secret());
            }
        }
        ClientAction::List => {
            for client in client::list(app).await? {
                let state = if client.revoked_at.is_some() { "revoked" } else { "active" };
                println!("{}  {state}  {}  {}", client.id, client.scopes.join(","), client.name);
            }
        }
        ClientAction::Revoke { client_id } => {
            client::revoke(app, &client_id).await?;
            println!("revoked");
        }
    }
    Ok(())
}

pub async fn agent(app: &App, action: AgentAction) -> Result<(), Problem> {
    let operator = Actor::operator();
    match action {
        AgentAction::Create { name, email, admin } => {
            let document = serde_json::json!({ "name": name, "email": email, "is_admin": admin });
            let document = Document::from_json(document.to_string());
            let change = move |_: Option<&Document>| Change { document, members: None };
            let saved = resource::save(
                app,
                &Caller::OPERATOR,
                &operator,
                Resource::Agents,
                vec![Wanted { id: None, change }],
            )
            .await?;
            let id = saved.first().map_or(0, |agent| agent.stored.id);
            if let Some(password) = read_password()? {
                set_password(app, &operator, AgentId::new(id), password).await?;
            }
            println!("agent_id: {id}");
        }
        AgentAction::List => {
            for agent in resource::list(app, &Caller::OPERATOR, Resource::Agents, None, &ResourceFilter::ALL)
                .await?
                .rows
            {
                let document: serde_json::Value = serde_json::from_str(agent.stored.document.as_str())?;
                let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
                println!("{}  {}  {}", agent.stored.id, text("email"), text("name"));
            }
        }
        AgentAction::Passwd { username } => {
            let password =
                read_password()?.ok_or_else(|| Problem::new("a password comes on standard input"))?;
            set_password_of(app, &operator, &username, password).await?;
            println!("the password is set; earlier sign-ins are ended");
        }
    }
    Ok(())
}

/// One line of standard input; none at its end. A person at a terminal is asked for it.
fn read_password() -> Result<Option<SecretString>, Problem> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("password (empty for none; it will show): ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| password.into()))
}
