//! Files out of a request's body, JSON or a form, into an upload.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::{HeaderMap, header},
};

use super::{
    held::Held,
    wire::{AttachmentIn, target},
};
use crate::{
    api::{
        error::ApiError,
        extract::{must_be_json, parse},
        one_or_many::{MEMBERS_MAX, OneOrMany},
    },
    domain::{caller::Caller, ids::ChatId},
    service::attachment::{Target, Uploads},
};

/// Bytes of a form's part that is no file.
const TEXT_PART_BYTES_MAX: usize = 16 * 1024;

/// Takes every file in, JSON of no more than so many bytes; answers what each goes with.
pub async fn receive(
    request: Request,
    body_bytes_max: usize,
    caller: &Caller,
    uploads: &mut Uploads<'_>,
) -> Result<Vec<Target>, ApiError> {
    if is_form(request.headers()) {
        let form = Multipart::from_request(request, &()).await;
        let form = form.map_err(|error| ApiError::bad_request(error.body_text()))?;
        return receive_form(form, caller, uploads).await;
    }
    must_be_json(request.headers())?;
    // Forms are not held, so nobody counts them.
    let body = Held::read(request, body_bytes_max).await?;
    receive_json(body.bytes(), caller, uploads).await
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

async fn receive_json(
    body: &[u8],
    caller: &Caller,
    uploads: &mut Uploads<'_>,
) -> Result<Vec<Target>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Err(ApiError::bad_request("the body is empty; send a JSON object or an array of them"));
    }
    let files = parse::<OneOrMany<AttachmentIn>>(body)?.into_members()?;
    let mut targets = Vec::with_capacity(files.len());
    for file in files {
        let data = file
            .data_base64
            .ok_or_else(|| ApiError::bad_request("data_base64 is missing: the content in base64"))?;
        let (chat, ticket) = (file.chat_id.map(|id| id.0), file.ticket_id.map(|id| id.0));
        let target =
            target(chat, ticket, file.desc.map(|desc| desc.0), file.showforusers.is_none_or(|flag| flag.0))?;
        must_be_own(caller, target.chat)?;
        targets.push(target);
        uploads.begin(file.filename.as_ref().map_or("", |name| &name.0)).await?;
        for stretch in data.stretches() {
            uploads.write(&stretch?).await?;
        }
        uploads.finish().await?;
    }
    Ok(targets)
}

async fn receive_form(
    mut form: Multipart,
    caller: &Caller,
    uploads: &mut Uploads<'_>,
) -> Result<Vec<Target>, ApiError> {
    let (mut chat, mut ticket, mut desc, mut is_shown, mut count) = (None, None, None, true, 0);
    while let Some(part) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if let Some(name) = part.file_name().map(str::to_owned) {
            count += 1;
            if count > MEMBERS_MAX {
                return Err(ApiError::bad_request(format!("send at most {MEMBERS_MAX} files at once")));
            }
            receive_file(&name, part, uploads).await?;
            continue;
        }
        match part.name().unwrap_or_default().to_ascii_lowercase().as_str() {
            "chat_id" => {
                chat = Some(number("chat_id", &text(part).await?)?);
                must_be_own(caller, chat.filter(|id| *id > 0).map(ChatId::new))?;
            }
            "ticket_id" => ticket = Some(number("ticket_id", &text(part).await?)?),
            "showforusers" => is_shown = !matches!(text(part).await?.trim(), "false" | "False" | "0"),
            "desc" => desc = Some(text(part).await?),
            "file" => {
                return Err(ApiError::bad_request("the part \"file\" has no file name, so it is no file"));
            }
            _ => {}
        }
    }
    if count == 0 {
        return Err(ApiError::bad_request("the form holds no file"));
    }
    Ok(vec![target(chat, ticket, desc, is_shown)?; count])
}

async fn receive_file(name: &str, mut part: Field<'_>, uploads: &mut Uploads<'_>) -> Result<(), ApiError> {
    uploads.begin(name).await?;
    while let Some(bytes) = part.chunk().await.map_err(|error| unreadable(&error))? {
        uploads.write(&bytes).await?;
    }
    Ok(uploads.finish().await?)
}

/// A short part; its bytes are counted before they are kept.
async fn text(mut part: Field<'_>) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(more) = part.chunk().await.map_err(|error| unreadable(&error))? {
        bytes.extend_from_slice(&more);
        if bytes.len() > TEXT_PART_BYTES_MAX {
            return Err(ApiError::bad_request("a part of the form that is no file is too long"));
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(ApiError::bad_request("a part of the form is no text")),
    }
}

fn number(name: &str, text: &str) -> Result<i32, ApiError> {
    match text.trim() {
        "" => Ok(0),
        text => text.parse().map_err(|_| ApiError::bad_request(format!("{name}: it is a whole number"))),
    }
}

/// A visitor who names another chat is refused before its files are read.
fn must_be_own(caller: &Caller, named: Option<ChatId>) -> Result<(), ApiError> {
    match (caller, named) {
        (Caller::Visitor { chat, .. }, Some(named)) if *chat != named => {
            Err(crate::service::conversation::Refusal::ChatNotFound(named).into())
        }
        _ => Ok(()),
    }
}

fn unreadable(error: &axum::extract::multipart::MultipartError) -> ApiError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::too_large();
    }
    ApiError::bad_request("the form could not be read to its end")
}
