//! The OpenAPI document: generated from the handlers, completed with what holds for all of them.

use std::collections::BTreeMap;

use utoipa::{
    Modify, OpenApi, PartialSchema, ToSchema,
    openapi::{
        Content, OneOfBuilder, Ref, RefOr, Schema,
        schema::ArrayBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    access::{self, Rule},
    error::ErrorBody,
    objects,
    one_or_many::MEMBERS_MAX,
};

/// The document without its paths; the routers add those.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Aureole",
        description = "A self-hosted chat server that speaks HaloPSA's chat REST API.\n\n\
            Every path answers with and without the prefix `/api`, in any case, with or without a \
            trailing slash. Arrays are all or nothing, one object in is one object out, nulls are \
            left out, unknown members are ignored. Numbers are also read from strings, and truth \
            values from `1` and `0`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api")),
    modifiers(&Security)
)]
pub struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("From POST /auth/token"));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        let key = ApiKey::Header(ApiKeyValue::with_description(
            "X-Halo-Api-Key",
            "Made by `aureole client create`",
        ));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    }
}

/// Adds to every operation what its rule means: how to sign in, and how it refuses.
pub fn complete(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for (method, path, rule) in access::RULES {
        let Some(item) = document.paths.paths.get_mut(*path) else { continue };
        let operation = match method.as_str() {
            "GET" => &mut item.get,
            "POST" => &mut item.post,
            "DELETE" => &mut item.delete,
            _ => continue,
        };
        let Some(operation) = operation else { continue };
        let refusals: &[(&str, &str)] = match rule {
            Rule::Probe | Rule::Open | Rule::Signed => &[],
            Rule::KeyOrToken => &[
                ("401", "Neither a token nor a public key that opens this"),
                ("403", "The token does not open this"),
            ],
            Rule::Chat | Rule::ChatSocket | Rule::Staff | Rule::ChatStaff | Rule::Admin => &[
                ("401", "No token, or one that is unknown, expired or revoked"),
                ("403", "The token does not open this"),
            ],
        };
        let too_many = ("429", "Too many requests; `Retry-After` says in how many seconds to try again");
        let counted = (*rule != Rule::Probe).then_some(&too_many);
        let not_understood = ("400", "Something in the request cannot be read, or cannot be done");
        let is_told = operation.parameters.is_some() || operation.request_body.is_some();
        let misread = is_told.then_some(&not_understood);
        let too_large = ("413", "The body is larger than this resource takes");
        let measured = operation.request_body.is_some().then_some(&too_large);
        let other = ("default", "Any other error, in the same shape");
        for (status, description) in
            refusals.iter().chain(misread).chain(measured).chain(counted).chain([&other])
        {
            operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| refusal(description));
        }
        let mut security = vec![
            SecurityRequirement::new("bearer", Vec::<String>::new()),
            SecurityRequirement::new("api_key", Vec::<String>::new()),
        ];
        match rule {
            Rule::Probe | Rule::Open | Rule::Signed => continue,
            Rule::KeyOrToken | Rule::ChatSocket => security.push(SecurityRequirement::default()),
            Rule::Chat | Rule::Staff | Rule::ChatStaff | Rule::Admin => {}
        }
        operation.security = Some(security);
    }
    let mut document = objects::inline_scalars(document);
    name_members(&mut document);
    answer_in_kind(&mut document);
    exemplify(&mut document);
    objects::describe_requests(document)
}

/// The derive writes the member of a `OneOrMany` out in full, twice; readers want its name.
fn name_members(document: &mut utoipa::openapi::OpenApi) {
    let Some(components) = &mut document.components else { return };
    let bodies: Vec<String> =
        components.schemas.keys().filter(|name| name.starts_with(ONE_OR_MANY)).cloned().collect();
    for body in bodies {
        let Some(RefOr::T(Schema::OneOf(forms))) = components.schemas.remove(&body) else { continue };
        let name = body.trim_start_matches(ONE_OR_MANY);
        // The array comes first, the lone object second.
        if let Some(member) = forms.items.into_iter().nth(1) {
            components.schemas.entry(name.to_owned()).or_insert(member);
        }
        let one = || Ref::from_schema_name(name);
        let several = ArrayBuilder::new().items(one()).min_items(Some(1)).max_items(Some(MEMBERS_MAX));
        let forms = OneOfBuilder::new().item(several).item(one());
        components.schemas.insert(body, forms.into());
    }
}

/// Several objects in are several out; one is one, also out of an array.
fn answer_in_kind(document: &mut utoipa::openapi::OpenApi) {
    for item in document.paths.paths.values_mut() {
        let Some(post) = &mut item.post else { continue };
        let Some(RefOr::T(body)) = &post.request_body else { continue };
        let takes_many = body.content.values().any(|content| match content {
            RefOr::T(Content { schema: Some(RefOr::Ref(name)), .. }) => {
                name.ref_location.contains(ONE_OR_MANY)
            }
            _ => false,
        });
        let Some(RefOr::T(answer)) = post.responses.responses.get_mut("201") else { continue };
        for content in answer.content.values_mut().filter(|_| takes_many) {
            let RefOr::T(content) = content else { continue };
            let Some(one) = content.schema.take() else { continue };
            let several =
                ArrayBuilder::new().items(one.clone()).min_items(Some(2)).max_items(Some(MEMBERS_MAX));
            content.schema = Some(Schema::from(OneOfBuilder::new().item(one).item(several)).into());
        }
    }
}

const ONE_OR_MANY: &str = "OneOrMany_";

/// Puts an example on every object that an operation takes or gives.
fn exemplify(document: &mut utoipa::openapi::OpenApi) {
    let examples: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(EXAMPLES).expect("the examples are checked in");
    let Some(components) = &mut document.components else { return };
    for (name, example) in examples {
        match components.schemas.get_mut(&name) {
            Some(RefOr::T(Schema::Object(object))) => object.example = Some(example),
            Some(RefOr::T(Schema::AllOf(parts))) => parts.example = Some(example),
            Some(RefOr::T(Schema::OneOf(forms))) => forms.example = Some(example),
            _ => unreachable!("{name} has an example and is no described object"),
        }
    }
    // A client generated from Halo's description starts a chat with no body at all.
    let start = document.paths.paths.get_mut("/Chat").and_then(|item| item.post.as_mut());
    if let Some(RefOr::T(body)) = start.and_then(|post| post.request_body.as_mut()) {
        body.required = Some(utoipa::openapi::Required::False);
    }
}

const EXAMPLES: &str = include_str!("examples.json");

fn refusal(description: &str) -> RefOr<utoipa::openapi::Response> {
    use utoipa::openapi::{ContentBuilder, ResponseBuilder};
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
    ResponseBuilder::new().description(description).content("application/json", body).build().into()
}

/// An object of the catalogue as a type, so that handlers can name it.
macro_rules! catalogued {
    ($($name:ident)*) => {$(
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                objects::schema(stringify!($name))
            }
        }

        impl ToSchema for $name {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.extend(objects::schemas(&[stringify!($name)]));
            }
        }
    )*};
}

catalogued!(ChatProfile Uname SectionDetail FieldInfo Users KBEntry ServSite RequestType Faults Actions Feedback
    VirtualAgent Workdays CannedText SlackChatApp SlackDetails);

/// The envelope of a list that grows.
macro_rules! lists {
    ($($list:ident { $key:ident: $member:ident })*) => {$(
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "describes an answer; it is built from documents")]
        pub struct $list {
            /// All matches; 0 past the last page.
            record_count: i64,
            page_no: Option<i64>,
            page_size: Option<i64>,
            $key: Vec<$member>,
        }
    )*};
}

lists! {
    UserList { users: Users }
    ArticleList { articles: KBEntry }
    ServiceList { services: ServSite }
    TicketList { tickets: Faults }
    ActionList { actions: Actions }
    FeedbackList { feedback: Feedback }
}

#[cfg(test)]
mod tests {
    use crate::api;

    #[test]
    fn every_rule_has_an_operation_and_every_operation_a_rule() {
        let document = api::openapi_document();
        let mut described: Vec<String> = Vec::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)] {
                if operation.is_some() {
                    described.push(format!("{method} {path}"));
                }
            }
            assert!(item.put.is_none() && item.patch.is_none(), "Halo has neither PUT nor PATCH: {path}");
        }
        let mut ruled: Vec<String> =
            super::access::RULES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
        described.sort();
        ruled.sort();
        assert_eq!(described, ruled);
    }
}
