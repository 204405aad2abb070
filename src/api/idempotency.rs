//! `Idempotency-Key`: a request that may be repeated until its answer arrives.

use axum::{
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{
    error::ApiError,
    extract::{body_of, must_be_json, parse},
};
use crate::{
    domain::caller::Caller,
    service::repeat::{Repeatable, RequestKey},
};

const HEADER: &str = "Idempotency-Key";
const KEY_CHARACTERS_MAX: usize = 255;
/// A stranger's key is all that separates it from other strangers, so it must not be guessable.
const STRANGERS_KEY_CHARACTERS_MIN: usize = 16;

/// A JSON body, absent when it is empty, with the name of the request if it has one.
#[derive(Debug)]
pub struct Repeat<T> {
    pub body: Option<T>,
    pub repeatable: Option<Repeatable>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Repeat<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let caller = request.extensions().get().cloned().unwrap_or(Caller::Stranger);
        let key = key(request.headers(), &caller)?;
        let path = request.uri().path().to_owned();
        let is_json = must_be_json(request.headers());
        let bytes = body_of(request, state).await?;
        let repeatable = key.map(|key| Repeatable {
            name: RequestKey { caller: caller.key(), key },
            request_hash: Sha256::new()
                .chain_update(path)
                .chain_update([0])
                .chain_update(&bytes)
                .finalize()
                .to_vec(),
        });
        if bytes.trim_ascii().is_empty() {
            return Ok(Self { body: None, repeatable });
        }
        is_json?;
        Ok(Self { body: Some(parse(&bytes)?), repeatable })
    }
}

fn key(headers: &HeaderMap, caller: &Caller) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get(HEADER) else { return Ok(None) };
    checked(key.to_str().unwrap_or_default(), caller).map(Some)
}

/// The name that a request was given in another way than by the header.
pub fn named(caller: &Caller, key: &str, request_hash: Vec<u8>) -> Result<Repeatable, ApiError> {
    let name = RequestKey { caller: caller.key(), key: checked(key, caller)? };
    Ok(Repeatable { name, request_hash })
}

fn checked(key: &str, caller: &Caller) -> Result<String, ApiError> {
    let shortest = if *caller == Caller::Stranger { STRANGERS_KEY_CHARACTERS_MIN } else { 1 };
    if (shortest..=KEY_CHARACTERS_MAX).contains(&key.len())
        && key.bytes().all(|byte| (0x20..0x7f).contains(&byte))
    {
        return Ok(key.to_owned());
    }
    Err(ApiError::bad_request(format!(
        "{HEADER} must have {shortest} to {KEY_CHARACTERS_MAX} printable ASCII characters"
    )))
}
