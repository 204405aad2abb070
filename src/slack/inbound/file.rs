//! Files that come with a message: their bytes are safe before the message is stored.

use std::{pin::pin, time::Duration};

use futures_util::TryStreamExt;
use secrecy::SecretString;
use serde_json::json;

use crate::{
    app::App,
    domain::caller::Caller,
    outbound::slack::{Arguments, Fault, FileError, SlackError},
    service::attachment::{AttachmentError, Uploads},
    slack::{
        chat_app,
        protocol::event::{File, files},
    },
    store::{StoreError, slack_chat_app::StoredChatApp},
};

/// Files of one message; Slack itself takes ten.
const FILES_MAX: usize = 10;
/// Times that a download is tried before the message is taken without the file.
const ATTEMPTS_MAX: i32 = 5;
/// How long a message waits for a file that cannot be had now.
const PAUSE: Duration = Duration::from_secs(2);
/// Who uploads, until the message says whose the file is.
const NOBODY: Caller = Caller::Stranger;

/// The files of a message.
pub(super) struct Fetched<'a> {
    /// Those that were taken, not yet recorded.
    pub uploads: Uploads<'a>,
    /// One sentence for each that was not.
    pub problems: Vec<String>,
}

/// Slack has no time for a file now; the message waits so long.
pub(super) struct Later(pub Duration);

/// Why one file was not taken.
enum Refused {
    /// It will never be.
    Problem(String),
    Later(Duration),
    Store(StoreError),
}

/// Fetches what a message carries. A file that is not taken leaves its message as it is, with a word.
pub(super) async fn fetch<'a>(
    app: &'a App,
    chat_app: &StoredChatApp,
    attempts: i32,
    files: &[File],
) -> Result<Result<Fetched<'a>, Later>, StoreError> {
    let mut fetched = Fetched { uploads: Uploads::new(app, &NOBODY), problems: Vec::new() };
    for file in files.iter().take(FILES_MAX) {
        let outcome = match chat_app::bot_token(app, chat_app) {
            Some(token) => fetch_one(app, &token, file, &mut fetched.uploads).await,
            None => Err(Refused::Problem("the app has no token that opens it".to_owned())),
        };
        match outcome {
            Ok(()) => {}
            Err(Refused::Store(error)) => {
                fetched.uploads.discard().await;
                return Err(error);
            }
            Err(Refused::Later(pause)) if attempts < ATTEMPTS_MAX => {
                fetched.uploads.discard().await;
                return Ok(Err(Later(pause)));
            }
            Err(Refused::Later(_)) => fetched.reject(file, "Slack did not hand it out"),
            Err(Refused::Problem(problem)) => fetched.reject(file, &problem),
        }
    }
    for file in files.iter().skip(FILES_MAX) {
        fetched.reject(file, "there are too many in one message");
    }
    Ok(Ok(fetched))
}

impl Fetched<'_> {
    fn reject(&mut self, file: &File, problem: &str) {
        self.problems.push(format!("The file {} was not taken: {problem}.", file.name));
    }
}

async fn fetch_one(
    app: &App,
    token: &SecretString,
    file: &File,
    uploads: &mut Uploads<'_>,
) -> Result<(), Refused> {
    let max = app.config.limits.attachment_bytes;
    if file.size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > max)) {
        return Err(Refused::Problem(format!("it is larger than {max} bytes")));
    }
    let asked;
    let file = if file.url.is_some() {
        file
    } else {
        asked = ask(app, token, file).await?;
        &asked
    };
    let url = file.url.as_deref().ok_or_else(|| Refused::Problem("Slack names no address".to_owned()))?;
    let is_page = file.mimetype.as_deref() == Some("text/html");
    let bytes = app.outbound.slack().download(url, token, is_page).await?;
    uploads.begin(&file.name).await?;
    let mut bytes = pin!(bytes);
    while let Some(piece) = bytes.try_next().await? {
        uploads.write(&piece).await?;
    }
    Ok(uploads.finish().await?)
}

/// The whole of a file that an event only names.
async fn ask(app: &App, token: &SecretString, file: &File) -> Result<File, Refused> {
    let arguments = [("file", file.id.as_str())];
    let answer = app.outbound.slack().call("files.info", Some(token), Arguments::Form(&arguments)).await?;
    let found = files(&json!({ "files": [answer["file"]] })).pop();
    found.ok_or_else(|| Refused::Problem("Slack does not know it".to_owned()))
}

impl From<SlackError> for Refused {
    fn from(error: SlackError) -> Self {
        match &error {
            SlackError::RateLimited(pause) => Self::Later(*pause),
            SlackError::Unreachable(_)
            | SlackError::AnswerLost
            | SlackError::Refused { fault: Fault::Passing, .. } => Self::Later(PAUSE),
            SlackError::Refused { .. } | SlackError::NotSlacks => Self::Problem(error.to_string()),
        }
    }
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Slack(error) => error.into(),
            FileError::Page => Self::Problem(error.to_string()),
        }
    }
}

impl From<AttachmentError> for Refused {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Store(error) => Self::Store(error),
            error => Self::Problem(error.to_string()),
        }
    }
}
