//! Streams for the API document. What its version has no word for, it takes from practice: the schema
//! of `text/event-stream` is that of one event, and `data` is JSON in a text.

use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, OneOfBuilder, RefOr, Schema,
        extensions::Extensions,
        schema::{Object, Type},
    },
};

use super::told::{FeedCurrent, FeedRemoved, FeedSnapshot, StreamEnd, StreamTyping};
use crate::api::{chat::wire::LiveChatHeader, chat_message::wire::LiveChatMsg};

/// The events of one chat.
pub struct ChatEvent;

/// The events of all chats.
pub struct FeedEvent;

impl PartialSchema for ChatEvent {
    fn schema() -> RefOr<Schema> {
        let words = "One event of a chat's stream; its id is the number of the entry that it resumes after";
        let events = OneOfBuilder::new()
            .item(event::<LiveChatMsg>("message", &["id"]))
            .item(event::<LiveChatHeader>("header", &[]))
            .item(event::<StreamTyping>("typing", &[]))
            .item(event::<StreamEnd<'_>>("end", &[]));
        events.description(Some(words)).into()
    }
}

impl ToSchema for ChatEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add::<LiveChatMsg>(schemas);
        add::<LiveChatHeader>(schemas);
        add::<StreamTyping>(schemas);
        add::<StreamEnd<'_>>(schemas);
    }
}

impl PartialSchema for FeedEvent {
    fn schema() -> RefOr<Schema> {
        let events = OneOfBuilder::new()
            .item(event::<FeedSnapshot>("snapshot", &[]))
            .item(event::<LiveChatHeader>("header", &[]))
            .item(event::<FeedRemoved>("removed", &[]))
            .item(event::<FeedCurrent>("current", &["id"]))
            .item(event::<StreamEnd<'_>>("end", &[]));
        events.description(Some("One event of the feed; its id is opaque, and resumes after it")).into()
    }
}

impl ToSchema for FeedEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add::<FeedSnapshot>(schemas);
        add::<LiveChatHeader>(schemas);
        add::<FeedRemoved>(schemas);
        add::<FeedCurrent>(schemas);
        add::<StreamEnd<'_>>(schemas);
    }
}

/// An event of this name, with this as its data.
fn event<T: ToSchema>(name: &str, required: &[&str]) -> Object {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    // The keyword is JSON Schema's; utoipa has none for it.
    let content = json!({ "$ref": format!("#/components/schemas/{}", T::name()) });
    let data = text()
        .content_media_type("application/json")
        .extensions(Some([("contentSchema", content)].into_iter().collect::<Extensions>()));
    let event = ObjectBuilder::new()
        .property("event", text().enum_values(Some([name])))
        .property("id", text())
        .property("data", data);
    ["event", "data"].iter().chain(required).fold(event, |event, name| event.required(*name)).build()
}

/// A schema and those that it refers to.
fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}
