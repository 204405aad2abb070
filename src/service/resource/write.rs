//! Makes, changes and deletes documents.

use serde_json::Value;

use super::{Change, Configured, Resource, ResourceError, Wanted, belonging, dress, name};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        caller::Caller,
        document::Document,
        ids::{AgentId, TeamId},
        news::News,
    },
    service::{
        audit,
        news::{self, Untold},
        record,
    },
    store::{self, Conn, StoreError, hours_document, record::Links},
};

/// Makes or changes documents, all or none, in one transaction.
pub async fn save<F>(
    app: &App,
    caller: &Caller,
    actor: &Actor,
    resource: Resource,
    wanted: Vec<Wanted<F>>,
) -> Result<Vec<Configured>, ResourceError>
where
    F: FnOnce(Option<&Document>) -> Change,
{
    let mut tx = store::begin(&app.pool).await?;
    let (mut saved, mut changes_rights) = (Vec::with_capacity(wanted.len()), false);
    for Wanted { id, change } in wanted {
        let Written { id, before, members } = write(app, &mut tx, caller, resource, id, change).await?;
        let belonging = belonging(resource).filter(|_| members.is_some());
        if let Some(members) = members {
            replace_members(&mut tx, resource, id, &members).await?;
        }
        let after = dress(&mut tx, resource, id).await?;
        if !resource.is_history() {
            let action = if before.is_some() { Action::Changed } else { Action::Created };
            let deed = Deed {
                action,
                resource: name(resource),
                id: Some(&id.to_string()),
                fields: belonging.as_slice(),
            };
            let documents = (before.as_ref(), Some(&after.stored.document));
            store::audit::insert(&mut tx, actor, deed, documents, app.clock.now()).await?;
        }
        changes_rights |= is_about_rights(resource, before.as_ref(), Some(&after.stored.document));
        saved.push(after);
    }
    if resource == Resource::Agents {
        let ids: Vec<i32> = saved.iter().map(|agent| agent.stored.id).collect();
        store::session_end::delete_of_inactive(&mut tx, &ids).await?;
    }
    let untold = note(app, &mut tx, changes_rights).await?;
    news::commit(app, tx, untold).await?;
    forget(app);
    Ok(saved)
}

/// A document as it was written.
struct Written {
    id: i32,
    /// What it was; none: it is new.
    before: Option<Document>,
    /// Who is to belong to it; none: they stay.
    members: Option<Vec<i32>>,
}

async fn write(
    app: &App,
    conn: &mut Conn,
    caller: &Caller,
    resource: Resource,
    id: Option<i32>,
    change: impl FnOnce(Option<&Document>) -> Change,
) -> Result<Written, ResourceError> {
    let Some(id) = id else {
        let Change { document, members } = checked(resource, change(None))?;
        let id = store::resource::insert(conn, resource, &document, app.clock.now()).await?;
        record::check_links(conn, caller, resource, id, Links::default()).await?;
        return Ok(Written { id, before: None, members });
    };
    let present =
        store::resource::lock(conn, resource, id).await?.ok_or(ResourceError::NotFound { resource, id })?;
    record::check_seen(conn, caller, resource, id).await?;
    let links = record::links(conn, caller, resource, id).await?;
    let Change { document, members } = checked(resource, change(Some(&present.document)))?;
    store::resource::update(conn, resource, id, &document).await?;
    record::check_links(conn, caller, resource, id, links).await?;
    Ok(Written { id, before: Some(present.document), members })
}

/// Sets an agent's teams, or a team's agents.
async fn replace_members(
    conn: &mut Conn,
    resource: Resource,
    id: i32,
    members: &[i32],
) -> Result<(), StoreError> {
    match resource {
        Resource::Agents => store::agent::replace_teams(conn, AgentId::new(id), members).await,
        Resource::Teams => store::agent::replace_members(conn, TeamId::new(id), members).await,
        _ => Ok(()),
    }
}

/// Whether a change to a document changes what somebody may do. Whole directories of users are copied
/// here; of a user, it is about rights only whether it is there and active.
fn is_about_rights(resource: Resource, before: Option<&Document>, after: Option<&Document>) -> bool {
    match resource {
        Resource::Agents | Resource::Teams => true,
        Resource::Users => {
            before.is_some_and(|before| after.is_none_or(|after| inactive(before) != inactive(after)))
        }
        _ => false,
    }
}

/// What a user's document says of `inactive`.
fn inactive(user: &Document) -> Value {
    let mut user: Value = serde_json::from_str(user.as_str()).unwrap_or_default();
    user["inactive"].take()
}

/// Says what was changed.
async fn note(app: &App, conn: &mut Conn, changes_rights: bool) -> Result<Untold, StoreError> {
    if changes_rights {
        news::note_revocation(app, conn).await
    } else {
        news::note(app, conn, News::Configured).await
    }
}

/// What is kept in memory may be about what was just changed.
fn forget(app: &App) {
    app.profiles.forget();
    app.hours.forget();
}

/// Refuses what the server would have to act on and cannot.
fn checked(resource: Resource, change: Change) -> Result<Change, ResourceError> {
    let unknown = match resource {
        Resource::Workdays => hours_document::unknown_zone(&change.document),
        _ => None,
    };
    unknown.map_or(Ok(change), |zone| Err(ResourceError::UnknownTimeZone(zone)))
}

/// Deletes a document; answers what it was.
pub async fn delete(
    app: &App,
    actor: &Actor,
    resource: Resource,
    id: i32,
) -> Result<Configured, ResourceError> {
    let mut tx = store::begin(&app.pool).await?;
    let deleted = dress(&mut tx, resource, id).await?;
    replace_members(&mut tx, resource, id, &[]).await?;
    if resource == Resource::Agents {
        store::session_end::delete_by_agent(&mut tx, AgentId::new(id)).await?;
    }
    store::resource::delete(&mut tx, resource, id, app.clock.now()).await?;
    let deed =
        Deed { action: Action::Deleted, resource: name(resource), id: Some(&id.to_string()), fields: &[] };
    audit::note(app, &mut tx, actor, deed).await?;
    let changes_rights = is_about_rights(resource, Some(&deleted.stored.document), None);
    let untold = note(app, &mut tx, changes_rights).await?;
    news::commit(app, tx, untold).await?;
    forget(app);
    Ok(deleted)
}
