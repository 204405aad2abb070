//! `aureole flow …`.

use std::{
    fmt::Display,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::Subcommand;
use serde_json::{Map, Value};

use super::{Problem, with_app};
use crate::{
    api,
    app::App,
    domain::{document::Document, ids::ProfileId},
    flow,
    store::{self, profile_document},
};

#[derive(Subcommand)]
pub enum FlowAction {
    /// Print a profile's flow as a Mermaid flowchart; what is wrong with it goes to standard error
    Diagram {
        /// The profile's id
        #[arg(required_unless_present = "file", conflicts_with = "file")]
        profile: Option<String>,
        /// A file with the profile as it is posted, instead of one from the database; - for standard input
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

pub fn run(action: FlowAction) -> Result<(), Problem> {
    match action {
        FlowAction::Diagram { file: Some(file), .. } => draw(&posted(&file)?),
        FlowAction::Diagram { profile, file: None } => {
            let id = ProfileId::new(profile.unwrap_or_default());
            with_app(async |app| {
                draw(&stored(&app, &id).await?);
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn draw(document: &Document) {
    let source = profile_document::flow(document);
    print!("{}", flow::diagram(&source));
    for problem in flow::compile(&source).err().unwrap_or_default() {
        eprintln!("{problem}");
    }
}

async fn stored(app: &App, id: &ProfileId) -> Result<Document, Problem> {
    let mut conn = store::acquire(&app.pool).await?;
    let profile = store::profile::find(&mut conn, id).await?;
    profile
        .map(|profile| profile.document)
        .ok_or_else(|| Problem::new(format!("there is no chat profile {id}")))
}

/// The object that would be posted, or an array with nothing but it.
fn posted(file: &Path) -> Result<Document, Problem> {
    let unreadable =
        |error: &dyn Display| Problem::new(format!("could not read {}: {error}", file.display()));
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let body: Value = serde_json::from_str(&text.map_err(|error| unreadable(&error))?)
        .map_err(|error| unreadable(&error))?;
    let body = one(body)
        .ok_or_else(|| Problem::new(format!("{} holds no profile: it is one object", file.display())))?;
    api::read_posted_profile(body).map_err(|error| unreadable(&error))
}

fn one(body: Value) -> Option<Map<String, Value>> {
    match body {
        Value::Object(profile) => Some(profile),
        Value::Array(mut profiles) if profiles.len() == 1 => one(profiles.pop()?),
        _ => None,
    }
}
