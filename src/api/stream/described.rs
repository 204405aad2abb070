//! Streams for the API document. What its version has no word for, it takes from practice: the schema
//! of `text/event-stream` is that of one event, and `data` is JSON in a text.

use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, extensions::Extensions, schema::Type},
};

use super::told::{FeedCurrent, FeedRemoved, FeedSnapshot, StreamEnd, StreamTyping};
use crate::api::{chat::wire::LiveChatHeader, chat_message::wire::LiveChatMsg};

/// The events of one chat.
pub struct ChatEvent;

/// The events of all chats.
pub struct FeedEvent;

impl ChatEvent {
    fn described() -> Events {
        Events::default()
            .with::<LiveChatMsg>("message", &["id"])
            .with::<LiveChatHeader>("header", &[])
            .with::<StreamTyping>("typing", &[])
            .with::<StreamEnd<'_>>("end", &[])
    }
}

impl PartialSchema for ChatEvent {
    fn schema() -> RefOr<Schema> {
        let words = "One event of a chat's stream; its id is the number of the entry that it resumes after";
        Self::described().forms.description(Some(words)).into()
    }
}

impl ToSchema for ChatEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(Self::described().data);
    }
}

impl FeedEvent {
    fn described() -> Events {
        Events::default()
            .with::<FeedSnapshot>("snapshot", &[])
            .with::<LiveChatHeader>("header", &[])
            .with::<FeedRemoved>("removed", &[])
            .with::<FeedCurrent>("current", &["id"])
            .with::<StreamEnd<'_>>("end", &[])
    }
}

impl PartialSchema for FeedEvent {
    fn schema() -> RefOr<Schema> {
        let words = "One event of the feed; its id is opaque, and resumes after it";
        Self::described().forms.description(Some(words)).into()
    }
}

impl ToSchema for FeedEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(Self::described().data);
    }
}

/// What a stream tells: an event of each kind, and the schemas of what they hold.
#[derive(Default)]
struct Events {
    forms: OneOfBuilder,
    data: Vec<(String, RefOr<Schema>)>,
}

impl Events {
    /// An event of this name, with this as its data; it always has these members beside.
    fn with<T: ToSchema>(mut self, name: &str, required: &[&str]) -> Self {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        // The keyword is JSON Schema's; utoipa has none for it.
        let content = json!(Ref::from_schema_name(T::name()));
        let data = text()
            .content_media_type("application/json")
            .extensions(Some([("contentSchema", content)].into_iter().collect::<Extensions>()));
        let event = ObjectBuilder::new()
            .property("event", text().enum_values(Some([name])))
            .property("id", text())
            .property("data", data);
        let event = ["event", "data"].iter().chain(required).fold(event, |event, name| event.required(*name));
        self.data.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.data);
        Self { forms: self.forms.item(event), ..self }
    }
}
