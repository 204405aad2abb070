//! A body that is held in memory as a whole, within what all of them together may take.
//!
//! What has come is counted, not what may still come: somebody who sends slowly takes no place away
//! from anybody.

use std::time::Duration;

use axum::{body::BodyDataStream, extract::Request, http::StatusCode};
use futures_util::StreamExt;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::api::error::ApiError;

/// Kibibytes of all bodies together, beyond what each may hold uncounted.
const HELD_MAX: usize = 160 * 1024;
static ROOM: Semaphore = Semaphore::const_new(HELD_MAX);
const KIBIBYTE: usize = 1024;
/// So much of each body is not counted: small files always find room.
const UNCOUNTED: usize = 1024 * KIBIBYTE;
/// Silence within a body; whoever is silent for longer keeps nothing.
const SILENCE_MAX: Duration = Duration::from_secs(20);

/// Bytes beyond the limit that are still taken.
const DISCARDED_MAX: usize = 64 * 1024 * KIBIBYTE;

pub struct Held {
    bytes: Vec<u8>,
    room: Option<SemaphorePermit<'static>>,
}

impl Held {
    /// Reads a body of no more bytes than `max` to its end; refuses it when there is no room for it now.
    pub async fn read(request: Request, max: usize) -> Result<Self, ApiError> {
        let mut pieces = request.into_body().into_data_stream();
        let mut held = Self { bytes: Vec::new(), room: None };
        let too_slow = || ApiError::new(StatusCode::REQUEST_TIMEOUT, "the body stopped coming");
        while let Some(piece) = timeout(SILENCE_MAX, pieces.next()).await.map_err(|_| too_slow())? {
            let piece = piece.map_err(|_| ApiError::bad_request("the body could not be read to its end"))?;
            if held.bytes.len() + piece.len() > max {
                drop(held);
                discard(pieces).await;
                return Err(ApiError::too_large());
            }
            held.bytes.extend_from_slice(&piece);
            held.make_room()?;
        }
        Ok(held)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn make_room(&mut self) -> Result<(), ApiError> {
        let counted = self.bytes.len().saturating_sub(UNCOUNTED).div_ceil(KIBIBYTE);
        let present: usize = self.room.as_ref().map_or(0, SemaphorePermit::num_permits);
        let Some(more) = counted.checked_sub(present).filter(|more| *more > 0) else { return Ok(()) };
        let busy = || ApiError::unavailable("too many files are being taken in at once; try again");
        let room = ROOM.try_acquire_many(u32::try_from(more).map_err(|_| busy())?).map_err(|_| busy())?;
        match &mut self.room {
            Some(present) => present.merge(room),
            None => self.room = Some(room),
        }
        Ok(())
    }
}

/// Takes the rest of a body that is too large, within reason: a proxy that cannot get rid of what it has to
/// send does not listen to the answer.
async fn discard(mut pieces: BodyDataStream) {
    let mut left = DISCARDED_MAX;
    while let Ok(Some(Ok(piece))) = timeout(SILENCE_MAX, pieces.next()).await {
        match left.checked_sub(piece.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    async fn read(bytes: usize, max: usize) -> Result<usize, StatusCode> {
        let held = Held::read(Request::new(Body::from(vec![b' '; bytes])), max).await;
        held.map(|held| held.bytes().len()).map_err(|error| error.status())
    }

    #[tokio::test]
    async fn what_is_held_is_bounded_for_each_and_for_all() {
        let large = 3 * UNCOUNTED;
        assert_eq!(read(large, large).await, Ok(large));
        assert_eq!(read(large + 1, large).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(ROOM.available_permits(), HELD_MAX, "what was held is given back");
        let _others = ROOM.try_acquire_many(163_840).expect("nobody else is here");
        assert_eq!(read(large, large).await, Err(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(read(UNCOUNTED, large).await, Ok(UNCOUNTED), "small files find room");
    }
}
