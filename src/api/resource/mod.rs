//! Agents, teams and fields: resources that differ in nothing but their name and who belongs to whom.

mod document;
mod me;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The four operations of a resource: list, read, save, delete.
macro_rules! resource {
    ($module:ident, $tag:literal, $path:literal, $one:literal, $schema:ident, $kind:expr,
     list: $list:ident $list_doc:literal, get: $get:ident $get_doc:literal,
     post: $post:ident $post_doc:literal, delete: $delete:ident $delete_doc:literal) => {
        mod $module {
            use axum::{extract::State, response::Response};
            use serde_json::{Map, Value};
            use utoipa_axum::{router::OpenApiRouter, routes};

            use super::document;
            use crate::{
                api::{
                    error::{ApiError, ErrorBody},
                    extract::{Json, Path},
                    one_or_many::{OneOrMany, created},
                    openapi::$schema,
                },
                app::App,
                service::resource::{self, Resource},
            };

            const RESOURCE: Resource = $kind;

            pub(super) fn routes() -> OpenApiRouter<App> {
                OpenApiRouter::new().routes(routes!($list, $post)).routes(routes!($get, $delete))
            }

            #[doc = $list_doc]
            #[utoipa::path(get, path = $path, tag = $tag, responses((status = 200, body = Vec<$schema>)))]
            pub async fn $list(State(app): State<App>) -> Result<Json<Vec<Value>>, ApiError> {
                let rows = resource::list(&app, RESOURCE).await?;
                Ok(Json(rows.iter().map(|row| document::out(RESOURCE, row)).collect()))
            }

            #[doc = $get_doc]
            #[utoipa::path(get, path = $one, tag = $tag, params(("id" = i32, Path)),
                                responses((status = 200, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $get(State(app): State<App>, Path(id): Path<i32>) -> Result<Json<Value>, ApiError> {
                let row = resource::find(&app, RESOURCE, id).await?;
                Ok(Json(document::out(RESOURCE, &row)))
            }

            #[doc = $post_doc]
            #[utoipa::path(post, path = $path, tag = $tag, request_body = OneOrMany<$schema>,
                                responses((status = 201, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $post(
                State(app): State<App>,
                Json(body): Json<OneOrMany<Map<String, Value>>>,
            ) -> Result<Response, ApiError> {
                let rows = document::save(&app, RESOURCE, body.into_members()?).await?;
                Ok(created(rows.iter().map(|row| document::out(RESOURCE, row)).collect()))
            }

            #[doc = $delete_doc]
            #[utoipa::path(delete, path = $one, tag = $tag, params(("id" = i32, Path)),
                                responses((status = 200, body = $schema), (status = 400, body = ErrorBody),
                                    (status = 404, body = ErrorBody)))]
            pub async fn $delete(
                State(app): State<App>,
                Path(id): Path<i32>,
            ) -> Result<Json<Value>, ApiError> {
                let row = resource::delete(&app, RESOURCE, id).await?;
                Ok(Json(document::out(RESOURCE, &row)))
            }
        }
    };
}

resource!(agent, "Agent", "/Agent", "/Agent/{id}", Uname, Resource::Agents,
    list: list_agents "List agents.", get: get_agent "Read one agent.",
    post: post_agents "Create or change agents; `password` gives one a password and ends its sign-ins.",
    delete: delete_agent "Delete an agent; chats keep its name.");

resource!(team, "Team", "/Team", "/Team/{id}", SectionDetail, Resource::Teams,
    list: list_teams "List teams.", get: get_team "Read one team.",
    post: post_teams "Create or change teams; `agents` replaces the team's agents.",
    delete: delete_team "Delete a team; chats keep its name.");

resource!(field_info, "FieldInfo", "/FieldInfo", "/FieldInfo/{id}", FieldInfo, Resource::Fields,
    list: list_fields "List the fields that questions can fill.", get: get_field "Read one field.",
    post: post_fields "Create or change fields.", delete: delete_field "Delete a field.");

pub(super) fn routes() -> OpenApiRouter<App> {
    agent::routes().merge(me::routes()).merge(team::routes()).merge(field_info::routes())
}
