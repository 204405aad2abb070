//! The operations on `/Attachment`.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};

use super::{
    download,
    receive::receive,
    wire::{
        Attachment, AttachmentForm, AttachmentIn, AttachmentList, AttachmentQuery, AttachmentsQuery,
        FileContent,
    },
};
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        listing::ListQuery,
        one_or_many::{OneOrMany, created},
    },
    app::App,
    domain::{audit::Actor, caller::Caller, ids::ChatId},
    service::attachment::{self, Uploads},
};

/// List the files of a chat or a ticket, in the order in which they came.
#[utoipa::path(get, path = "/Attachment", tag = "Attachment", params(AttachmentsQuery, ListQuery),
    responses((status = 200, body = AttachmentList), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn list_attachments(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<AttachmentsQuery>,
    Query(list): Query<ListQuery>,
) -> Result<Json<AttachmentList>, ApiError> {
    let positive = |id: i32| (id > 0).then_some(id);
    let ticket = query.ticket_id.and_then(|id| positive(id.0));
    let chat = match (query.chat_id.and_then(|id| positive(id.0)), &caller) {
        (Some(chat), _) => Some(ChatId::new(chat)),
        (None, Caller::Visitor { chat, .. }) => Some(*chat),
        (None, _) => None,
    };
    if chat.is_none() && ticket.is_none() {
        return Err(ApiError::bad_request("chat_id or ticket_id is missing"));
    }
    let found = attachment::list(&app, &caller, chat, ticket, list.page()).await?;
    let page = list.members();
    Ok(Json(AttachmentList {
        record_count: found.record_count,
        page_no: page.page_no,
        page_size: page.page_size,
        attachments: found.rows.into_iter().map(|row| Attachment::new(&app, row)).collect(),
    }))
}

/// Keep files, all or none; a message names them in `attachment_ids`.
///
/// What a file is comes from its content. Files that could run in a browser or on a computer are
/// refused, and so is every type that the operator does not list.
#[utoipa::path(post, path = "/Attachment", tag = "Attachment",
    request_body(content(
        (OneOrMany<AttachmentIn> = "application/json"),
        (AttachmentForm = "multipart/form-data"))),
    responses((status = 201, body = Attachment), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody)))]
pub async fn post_attachments(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    if let Caller::Visitor { chat, .. } = &caller {
        attachment::admit(&app, &caller, *chat).await?;
    }
    let mut uploads = Uploads::new(&app, &caller);
    let outcome = match receive(request, super::body_bytes(&app.config.limits), &caller, &mut uploads).await {
        Ok(targets) => uploads.save(targets).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(saved) => Ok(created(saved.into_iter().map(|one| Attachment::new(&app, one)).collect())),
        Err(error) => {
            uploads.discard().await;
            Err(error)
        }
    }
}

/// Download a file, or with `includedetails=true` read what is known about it.
#[utoipa::path(get, path = "/Attachment/{id}", tag = "Attachment", params(("id" = i32, Path), AttachmentQuery),
    responses((status = 200, description = "The file; what is known about it with `includedetails`",
            content((Attachment = "application/json"), (FileContent = "*/*"))),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn get_attachment(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    Path(id): Path<i32>,
    Query(query): Query<AttachmentQuery>,
) -> Result<Response, ApiError> {
    let file = attachment::find(&app, &caller, id).await?;
    if query.includedetails.is_some_and(|flag| flag.0) {
        return Ok(Json(Attachment::new(&app, file)).into_response());
    }
    attachment::note_download(&app, &caller, &actor, &file).await?;
    let bytes = attachment::read(&app, &file).await?;
    Ok(download::answer(&file, bytes))
}

/// Delete a file; messages keep its name.
#[utoipa::path(delete, path = "/Attachment/{id}", tag = "Attachment", params(("id" = i32, Path)),
    responses((status = 200, body = Attachment), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn delete_attachment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i32>,
) -> Result<Json<Attachment>, ApiError> {
    let gone = attachment::delete(&app, &caller, id).await?;
    Ok(Json(Attachment::new(&app, gone)))
}
