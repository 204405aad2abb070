//! Resources that differ in nothing but their name and who belongs to whom.

mod canned_text;
mod document;
mod list;
mod me;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The four operations of a resource: list, read, save, delete.
macro_rules! resource {
    ($module:ident, $tag:literal, $path:literal, $one:literal, $schema:ident in $list_schema:ty, $kind:expr,
     key: $key:expr, list: $list:ident $list_doc:literal, get: $get:ident $get_doc:literal,
     post: $post:ident $post_doc:literal, delete: $delete:ident $delete_doc:literal) => {
        mod $module {
            use axum::{Extension, extract::State, response::Response};
            use serde_json::{Map, Value};
            use utoipa_axum::{router::OpenApiRouter, routes};

            use super::{
                document,
                list::{self, ResourceQuery},
            };
            use crate::{
                api::{
                    address::ComesFrom,
                    error::{ApiError, ErrorBody},
                    extract::{Json, Path, Query},
                    listing::ListQuery,
                    one_or_many::{OneOrMany, created},
                    openapi::*,
                },
                app::App,
                domain::{audit::Actor, caller::Caller},
                service::resource::{self, Resource},
            };

            const RESOURCE: Resource = $kind;

            pub(super) fn routes() -> OpenApiRouter<App> {
                OpenApiRouter::new().routes(routes!($list, $post)).routes(routes!($get, $delete))
            }

            #[doc = $list_doc]
            #[utoipa::path(get, path = $path, tag = $tag, params(ResourceQuery, ListQuery),
                responses((status = 200, body = $list_schema), (status = 400, body = ErrorBody)))]
            pub async fn $list(
                State(app): State<App>,
                caller: Caller,
                Extension(ComesFrom(address)): Extension<ComesFrom>,
                Query(query): Query<ResourceQuery>,
                Query(list): Query<ListQuery>,
            ) -> Result<Json<Value>, ApiError> {
                let found = resource::list(&app, &caller, RESOURCE, query.words(), &query.filter(RESOURCE, &list)).await?;
                document::note_reads(&app, &caller, address, RESOURCE, &found.rows).await?;
                Ok(Json(list::out(RESOURCE, $key, &list, &found)))
            }

            #[doc = $get_doc]
            #[utoipa::path(get, path = $one, tag = $tag, params(("id" = i32, Path)),
                                responses((status = 200, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $get(
                State(app): State<App>,
                caller: Caller,
                Extension(ComesFrom(address)): Extension<ComesFrom>,
                Path(id): Path<i32>,
            ) -> Result<Json<Value>, ApiError> {
                let row = resource::find(&app, &caller, RESOURCE, id).await?;
                document::note_reads(&app, &caller, address, RESOURCE, std::slice::from_ref(&row)).await?;
                Ok(Json(document::out(RESOURCE, &row)))
            }

            #[doc = $post_doc]
            #[utoipa::path(post, path = $path, tag = $tag, request_body = OneOrMany<$schema>,
                                responses((status = 201, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $post(
                State(app): State<App>,
                caller: Caller,
                actor: Actor,
                Json(body): Json<OneOrMany<Map<String, Value>>>,
            ) -> Result<Response, ApiError> {
                let rows = document::save(&app, &caller, &actor, RESOURCE, body.into_members()?).await?;
                Ok(created(rows.iter().map(|row| document::out(RESOURCE, row)).collect()))
            }

            #[doc = $delete_doc]
            #[utoipa::path(delete, path = $one, tag = $tag, params(("id" = i32, Path)),
                                responses((status = 200, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $delete(
                State(app): State<App>,
                actor: Actor,
                Path(id): Path<i32>,
            ) -> Result<Json<Value>, ApiError> {
                let row = resource::delete(&app, &actor, RESOURCE, id).await?;
                Ok(Json(document::out(RESOURCE, &row)))
            }
        }
    };
}

resource!(agent, "Agent", "/Agent", "/Agent/{id}", Uname in Vec<Uname>, Resource::Agents,
    key: None, list: list_agents "List agents.", get: get_agent "Read one agent.",
    post: post_agents "Create or change agents; `password` gives one a password and ends its sign-ins.",
    delete: delete_agent "Delete an agent; chats keep its name.");

resource!(team, "Team", "/Team", "/Team/{id}", SectionDetail in Vec<SectionDetail>, Resource::Teams,
    key: None, list: list_teams "List teams.", get: get_team "Read one team.",
    post: post_teams "Create or change teams; `agents` replaces the team's agents.",
    delete: delete_team "Delete a team; chats keep its name.");

resource!(field_info, "FieldInfo", "/FieldInfo", "/FieldInfo/{id}", FieldInfo in Vec<FieldInfo>, Resource::Fields,
    key: None, list: list_fields "List the fields that questions can fill.", get: get_field "Read one field.",
    post: post_fields "Create or change fields.", delete: delete_field "Delete a field.");

resource!(users, "Users", "/Users", "/Users/{id}", Users in UserList, Resource::Users,
    key: Some("users"), list: list_users "List known users.", get: get_user "Read one user.",
    post: post_users "Create or change users.", delete: delete_user "Delete a user.");

resource!(article, "KBArticle", "/KBArticle", "/KBArticle/{id}", KBEntry in ArticleList, Resource::Articles,
    key: Some("articles"),
    list: list_articles "List knowledge base articles; `search` ranks those that hold any of the words.",
    get: get_article "Read one article.", post: post_articles "Create or change articles.",
    delete: delete_article "Delete an article.");

resource!(offering, "Service", "/Service", "/Service/{id}", ServSite in ServiceList, Resource::Services,
    key: Some("services"),
    list: list_services "List services of the catalogue; `search` ranks those that hold any of the words.",
    get: get_service "Read one service.", post: post_services "Create or change services.",
    delete: delete_service "Delete a service.");

resource!(ticket_type, "TicketType", "/TicketType", "/TicketType/{id}", RequestType in Vec<RequestType>,
    Resource::TicketTypes, key: None,
    list: list_ticket_types "List kinds of tickets.", get: get_ticket_type "Read one kind of tickets.",
    post: post_ticket_types "Create or change kinds of tickets.",
    delete: delete_ticket_type "Delete a kind of tickets.");

resource!(ticket, "Tickets", "/Tickets", "/Tickets/{id}", Faults in TicketList, Resource::Tickets,
    key: Some("tickets"), list: list_tickets "List tickets, the newest first.", get: get_ticket "Read one ticket.",
    post: post_tickets "Create or change tickets.", delete: delete_ticket "Delete a ticket.");

resource!(action, "Actions", "/Actions", "/Actions/{id}", Actions in ActionList, Resource::Actions,
    key: Some("actions"), list: list_actions "List what happened to tickets, the newest first.",
    get: get_action "Read one action.", post: post_actions "Add actions to tickets, or change them.",
    delete: delete_action "Delete an action.");

resource!(feedback, "Feedback", "/Feedback", "/Feedback/{id}", Feedback in FeedbackList, Resource::Feedback,
    key: Some("feedback"), list: list_feedback "List feedback, the newest first.",
    get: get_feedback "Read one rating.", post: post_feedback "Add or change feedback.",
    delete: delete_feedback "Delete a rating.");

resource!(virtual_agent, "VirtualAgent", "/VirtualAgent", "/VirtualAgent/{id}", VirtualAgent in Vec<VirtualAgent>,
    Resource::VirtualAgents, key: None,
    list: list_virtual_agents "List virtual agents.", get: get_virtual_agent "Read one virtual agent.",
    post: post_virtual_agents "Create or change virtual agents.",
    delete: delete_virtual_agent "Delete a virtual agent.");

resource!(workday, "Workday", "/Workday", "/Workday/{id}", Workdays in Vec<Workdays>, Resource::Workdays,
    key: None, list: list_workdays "List working hours.", get: get_workday "Read one set of working hours.",
    post: post_workdays "Create or change working hours; `timezone` is an IANA or a Windows name.",
    delete: delete_workday "Delete working hours; the profiles that name them are always open.");

/// What an administrator sets up; the bodies may be large.
pub(super) fn routes() -> OpenApiRouter<App> {
    agent::routes()
        .merge(me::routes())
        .merge(team::routes())
        .merge(field_info::routes())
        .merge(users::routes())
        .merge(article::routes())
        .merge(offering::routes())
        .merge(ticket_type::routes())
        .merge(ticket::routes())
        .merge(action::routes())
        .merge(feedback::routes())
        .merge(virtual_agent::routes())
        .merge(workday::routes())
        .merge(canned_text::routes())
}
