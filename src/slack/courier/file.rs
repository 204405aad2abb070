//! A file that an agent sent, uploaded into the conversation.

use futures_util::TryStreamExt;
use serde_json::json;

use super::{
    post::{self, Sent},
    tell::{Obstacle, Telling},
};
use crate::{
    outbound::slack::{Arguments, Fault, SlackError},
    service::attachment::{self, AttachmentError},
    store,
};

/// Sends of one file whose answers were lost.
const SENDS_MAX: i32 = 2;

/// Uploads a file and shares it. One that is gone by now is left out.
pub(super) async fn send(telling: &mut Telling<'_>, id: i32, name: &str) -> Result<Sent, Obstacle> {
    if telling.progress.pending.as_ref().is_some_and(|pending| pending.sends >= SENDS_MAX) {
        telling.advance(None).await?;
        return Ok(Sent::Done);
    }
    let bytes = match read(telling, id).await? {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            telling.advance(None).await?;
            return Ok(Sent::Done);
        }
        Err(problem) => return Ok(Sent::Refused(problem)),
    };
    match upload(telling, name, bytes).await {
        Ok(file) => share(telling, &file, name).await,
        Err(error) => refuse(telling, &error).await,
    }
}

/// The bytes; none: somebody has deleted the file. An error says why they cannot be read.
async fn read(telling: &Telling<'_>, id: i32) -> Result<Result<Option<Vec<u8>>, String>, Obstacle> {
    let mut conn = store::acquire(&telling.app.pool).await?;
    let found = store::attachment::find(&mut conn, id).await?;
    drop(conn);
    let Some(found) = found.filter(|found| found.chat == Some(telling.claimed.chat)) else {
        return Ok(Ok(None));
    };
    let pieces = match attachment::read(telling.app, &found).await {
        Ok(pieces) => pieces,
        Err(AttachmentError::Store(error)) => return Err(error.into()),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let bytes = pieces.try_fold(Vec::new(), async |mut bytes, piece| {
        bytes.extend_from_slice(&piece);
        Ok(bytes)
    });
    Ok(Ok(Some(bytes.await?)))
}

/// Brings the bytes to Slack, where nobody sees them yet; answers the file's id.
async fn upload(telling: &Telling<'_>, name: &str, bytes: Vec<u8>) -> Result<String, SlackError> {
    let slack = telling.app.outbound.slack();
    let length = bytes.len().to_string();
    let arguments = [("filename", name), ("length", length.as_str())];
    let method = "files.getUploadURLExternal";
    let place = slack.call(method, Some(&telling.token), Arguments::Form(&arguments)).await?;
    let (Some(url), Some(file)) = (place["upload_url"].as_str(), place["file_id"].as_str()) else {
        return Err(SlackError::AnswerLost);
    };
    slack.upload(url, bytes).await?;
    Ok(file.to_owned())
}

async fn share(telling: &mut Telling<'_>, file: &str, name: &str) -> Result<Sent, Obstacle> {
    post::begin(telling).await?;
    let arguments = json!({
        "files": [{ "id": file, "title": name }],
        "channel_id": telling.claimed.channel,
        "thread_ts": telling.claimed.thread_ts,
    });
    match post::call(telling, "files.completeUploadExternal", arguments).await {
        Ok(_) => {
            telling.advance(None).await?;
            Ok(Sent::Done)
        }
        Err(error) => refuse(telling, &error).await,
    }
}

/// A missing right to upload stops no words, nor does an address that nothing may be sent to.
async fn refuse(telling: &mut Telling<'_>, error: &SlackError) -> Result<Sent, Obstacle> {
    if matches!(error, SlackError::NotSlacks) || error.fault() == Some(Fault::Configuration) {
        telling.progress.pending = None;
        return Ok(Sent::Refused(error.code().unwrap_or("no_upload_address").to_owned()));
    }
    post::failed(telling, error).await
}
