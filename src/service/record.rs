//! Whose tickets, actions and feedback a caller reads and writes: those of chats that it may see.

use super::{
    access,
    resource::{Resource, ResourceError},
};
use crate::{
    domain::{
        caller::Caller,
        chat_filter::{ChatFilter, Sight},
        ids::ChatId,
    },
    store::{self, Conn, StoreError, record::Links},
};

/// What a list of this resource shows the caller; none: nothing at all. What is set up is for
/// everybody whom the door lets in.
pub(super) fn sight(caller: &Caller, resource: Resource) -> Option<Sight> {
    if resource.is_history() { access::sight(caller) } else { Some(Sight::Everything) }
}

/// Refuses a record that the caller may not see, as if there were none.
pub(super) async fn check_seen(
    conn: &mut Conn,
    caller: &Caller,
    resource: Resource,
    id: i32,
) -> Result<(), ResourceError> {
    let sight = sight(caller, resource);
    let is_seen = sight == Some(Sight::Everything)
        || store::record::is_in_sight(conn, resource, id, sight.as_ref()).await?;
    if is_seen { Ok(()) } else { Err(ResourceError::NotFound { resource, id }) }
}

/// What a record belongs to, where that matters to the caller's rights.
pub(super) async fn links(
    conn: &mut Conn,
    caller: &Caller,
    resource: Resource,
    id: i32,
) -> Result<Links, StoreError> {
    if !resource.is_history() || sight(caller, resource) == Some(Sight::Everything) {
        return Ok(Links::default());
    }
    store::record::find_links(conn, resource, id).await
}

/// Refuses to let a record be moved to a chat or a ticket that the caller may not see, as if there
/// were none. `before` is what it belonged to.
pub(super) async fn check_links(
    conn: &mut Conn,
    caller: &Caller,
    resource: Resource,
    id: i32,
    before: Links,
) -> Result<(), ResourceError> {
    let after = links(conn, caller, resource, id).await?;
    if let Some(chat) = after.chat.filter(|_| after.chat != before.chat)
        && !may_see_chat(conn, caller, chat).await?
    {
        let member = if resource == Resource::Actions { "chatid" } else { "chat_id" };
        return Err(ResourceError::UnknownMember(member, "chats"));
    }
    if let Some(ticket) = after.ticket.filter(|_| after.ticket != before.ticket)
        && !may_see_ticket(conn, caller, ticket).await?
    {
        return Err(ResourceError::UnknownMember("ticket_id", "tickets"));
    }
    Ok(())
}

/// Whether a chat is there, and the caller may see it.
pub(super) async fn may_see_chat(conn: &mut Conn, caller: &Caller, chat: ChatId) -> Result<bool, StoreError> {
    let Some(sight) = access::sight(caller) else { return Ok(false) };
    Ok(store::chat_list::find(conn, &sight, &ChatFilter::only(chat)).await?.is_some())
}

/// Whether a ticket is there, and the caller may see it.
pub(super) async fn may_see_ticket(
    conn: &mut Conn,
    caller: &Caller,
    ticket: i32,
) -> Result<bool, StoreError> {
    store::record::is_in_sight(conn, Resource::Tickets, ticket, access::sight(caller).as_ref()).await
}
