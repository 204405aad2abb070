//! A body that is an object or an array of objects, and the answer that goes with it.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{error::ApiError, extract::Json};

/// Members of one array.
pub const MEMBERS_MAX: usize = 100;

/// Halo's clients send arrays even for one object; a lone object is taken as well.
#[derive(Debug, utoipa::ToSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    /// At least one and at most 100 members.
    pub fn into_members(self) -> Result<Vec<T>, ApiError> {
        let members = match self {
            Self::One(member) => return Ok(vec![member]),
            Self::Many(members) => members,
        };
        match members.len() {
            0 => Err(ApiError::bad_request("the array is empty; send at least one object")),
            1..=MEMBERS_MAX => Ok(members),
            count => Err(ApiError::bad_request(format!(
                "the array has {count} objects; send at most {MEMBERS_MAX} at once"
            ))),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object, or an array of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<OneOrMany<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(member) = members.next_element()? {
                    list.push(member);
                }
                Ok(OneOrMany::Many(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<OneOrMany<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(OneOrMany::One)
            }
        }

        input.deserialize_any(Members(std::marker::PhantomData))
    }
}

/// 201 with one object for one, an array in the same order for several.
pub fn created<T: Serialize>(mut answers: Vec<T>) -> Response {
    if answers.len() == 1 {
        let answer = answers.pop().expect("there is one");
        (StatusCode::CREATED, Json(answer)).into_response()
    } else {
        (StatusCode::CREATED, Json(answers)).into_response()
    }
}
