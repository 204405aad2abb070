//! Which status each use case's error has.

use axum::http::StatusCode;

use super::ApiError;
use crate::service::{
    StoreError,
    attachment::AttachmentError,
    auth::{agent::PasswordError, token::TokenError},
    canned_text::CannedTextError,
    chat::{ChangeError, StartError},
    conversation::Refusal,
    follow::Full,
    identity::{IdentityError, secret::SecretError},
    matching_data::MatchingDataError,
    message::PostError,
    presence::PresenceError,
    privacy::PrivacyError,
    profile::ProfileError,
    rates::{RateError, Spent},
    repeat::RepeatError,
    resource::ResourceError,
};
use crate::slack::{chat_app::ChatAppError, details::DetailsError};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_outage() {
            let told = Self::unavailable("the database does not answer; try again");
            return Self { source: Some(Box::new(error)), ..told };
        }
        if error.is_too_long() {
            return Self::bad_request("a name, or another member that lists are sorted by, is too long");
        }
        Self::internal(error)
    }
}

impl From<Full> for ApiError {
    fn from(full: Full) -> Self {
        let status = match full {
            Full::Token | Full::Address => StatusCode::TOO_MANY_REQUESTS,
            Full::Server => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { retry_after: Some(5), ..Self::new(status, full.to_string()) }
    }
}

impl From<RateError> for ApiError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::Spent(spent) => spent.into(),
            RateError::Store(error) => error.into(),
        }
    }
}

impl From<Spent> for ApiError {
    fn from(spent: Spent) -> Self {
        Self {
            retry_after: Some(spent.seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, spent.to_string())
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::ChatNotFound(_) | Refusal::MessageNotFound { .. } => {
                Self::not_found(refusal.to_string())
            }
            Refusal::ReadOnly(_) => Self::forbidden(refusal.to_string()),
            Refusal::Closed(_)
            | Refusal::NotClosed { .. }
            | Refusal::TakenByAnother(_)
            | Refusal::WithBot(_)
            | Refusal::OfferedToAnother(_)
            | Refusal::NoRoom { .. }
            | Refusal::Invalid(_) => Self::bad_request(refusal.to_string()),
        }
    }
}

impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => refusal.into(),
            PostError::Repeated(error) => error.into(),
            PostError::Busy => Self::unavailable("too many messages are waiting to be stored; try again"),
        }
    }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Refused(refusal) => refusal.into(),
            StartError::ProfileMissing => Self::bad_request(error.to_string()),
            StartError::ProfileNotFound(_) => Self::not_found(error.to_string()),
            StartError::KeyMissing(_) | StartError::SignedInOnly(_) => Self::unauthorized(error.to_string()),
            StartError::Identity(IdentityError::Store(error)) => error.into(),
            StartError::Identity(error) => Self::unauthorized(error.to_string()),
            StartError::Repeated(error) => error.into(),
            StartError::Spent(spent) => spent.into(),
        }
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal.into(),
            ChangeError::Identity(IdentityError::Store(error)) => error.into(),
            // Not 401: the caller's own token is good.
            ChangeError::Identity(error) => {
                Self::oauth(StatusCode::BAD_REQUEST, "invalid_token", error.to_string())
            }
            ChangeError::Repeated(error) => error.into(),
        }
    }
}

impl From<RepeatError> for ApiError {
    fn from(error: RepeatError) -> Self {
        match error {
            RepeatError::Store(error) => error.into(),
            RepeatError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Store(error) | ProfileError::Secret(SecretError::Store(error)) => error.into(),
            ProfileError::Secret(SecretError::NoKey(error)) => Self::internal(error),
            ProfileError::NotFound(_) => Self::not_found(error.to_string()),
            ProfileError::BrokenFlow(_) | ProfileError::InUse { .. } => Self::bad_request(error.to_string()),
        }
    }
}

impl From<PrivacyError> for ApiError {
    fn from(error: PrivacyError) -> Self {
        match error {
            PrivacyError::Store(error) => error.into(),
            PrivacyError::Nobody => Self::not_found(error.to_string()),
        }
    }
}

impl From<ResourceError> for ApiError {
    fn from(error: ResourceError) -> Self {
        match error {
            ResourceError::Store(error) => error.into(),
            ResourceError::NotFound { .. } => Self::not_found(error.to_string()),
            ResourceError::EmailTaken
            | ResourceError::SubjectTaken
            | ResourceError::UnknownMember(..)
            | ResourceError::RatedBefore
            | ResourceError::UnknownTimeZone(_)
            | ResourceError::Score => Self::bad_request(error.to_string()),
        }
    }
}

impl From<AttachmentError> for ApiError {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Store(error) => error.into(),
            AttachmentError::Chat(refusal) => refusal.into(),
            AttachmentError::NotFound(_) => Self::not_found(error.to_string()),
            AttachmentError::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            AttachmentError::ChatFull { .. }
            | AttachmentError::Empty { .. }
            | AttachmentError::Runnable { .. }
            | AttachmentError::Kind { .. }
            | AttachmentError::UnknownTicket(_)
            | AttachmentError::Expired => Self::bad_request(error.to_string()),
        }
    }
}

impl From<CannedTextError> for ApiError {
    fn from(error: CannedTextError) -> Self {
        match error {
            CannedTextError::Store(error) => error.into(),
            CannedTextError::NotFound(_) => Self::not_found(error.to_string()),
            CannedTextError::NotOwn(_) | CannedTextError::Nobodys => Self::forbidden(error.to_string()),
        }
    }
}

impl From<MatchingDataError> for ApiError {
    fn from(error: MatchingDataError) -> Self {
        match error {
            MatchingDataError::Store(error) => error.into(),
            MatchingDataError::NotAllowed => Self::unauthorized(error.to_string()),
            MatchingDataError::TooLong | MatchingDataError::GuidTaken(_) => {
                Self::bad_request(error.to_string())
            }
        }
    }
}

impl From<PresenceError> for ApiError {
    fn from(error: PresenceError) -> Self {
        match error {
            PresenceError::Store(error) => error.into(),
            PresenceError::AgentNotFound(_) => Self::not_found(error.to_string()),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Store(error) => error.into(),
            PasswordError::NotFound(_) => Self::not_found(error.to_string()),
            PasswordError::TooShort => Self::bad_request(error.to_string()),
        }
    }
}

impl From<ChatAppError> for ApiError {
    fn from(error: ChatAppError) -> Self {
        match error {
            ChatAppError::Store(error) => error.into(),
            ChatAppError::NoKey(error) => Self::internal(error),
            ChatAppError::NotFound(_) => Self::not_found(error.to_string()),
            ChatAppError::AppIdMissing
            | ChatAppError::AppTaken(_)
            | ChatAppError::SecretMissing
            | ChatAppError::UnknownProfile(_)
            | ChatAppError::Malformed(_)
            | ChatAppError::DeadToken(_) => Self::bad_request(error.to_string()),
        }
    }
}

impl From<DetailsError> for ApiError {
    fn from(error: DetailsError) -> Self {
        match error {
            DetailsError::Store(error) => error.into(),
            DetailsError::NoKey(error) => Self::internal(error),
            DetailsError::NotFound(_) => Self::not_found(error.to_string()),
            DetailsError::NotAsked(_) | DetailsError::AnswerLost => Self::unavailable(error.to_string()),
            DetailsError::CodeMissing
            | DetailsError::SeveralCodes
            | DetailsError::NotConfigured
            | DetailsError::CodeRefused(_)
            | DetailsError::NoToken
            | DetailsError::NoHook
            | DetailsError::Malformed
            | DetailsError::IdMissing(_) => Self::bad_request(error.to_string()),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let bad = |code| Self::oauth(StatusCode::BAD_REQUEST, code, error.to_string());
        match &error {
            TokenError::InvalidClient => {
                Self::oauth(StatusCode::UNAUTHORIZED, "invalid_client", error.to_string())
            }
            TokenError::WrongPassword | TokenError::WrongRefreshToken => bad("invalid_grant"),
            TokenError::UnauthorizedClient => bad("unauthorized_client"),
            TokenError::InvalidScope(_) => bad("invalid_scope"),
            TokenError::Throttled(spent) => Self {
                retry_after: Some(spent.seconds),
                ..Self::oauth(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", error.to_string())
            },
            TokenError::Crowded(_) => Self::unavailable(error.to_string()),
            TokenError::Store(_) => match error {
                TokenError::Store(error) => error.into(),
                other => Self::internal(other),
            },
        }
    }
}
