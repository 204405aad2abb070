//! Frames as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::stream;
use tokio::sync::mpsc;

use super::{Frame, pump::FRAMES_MAX};
use crate::app::App;

/// Clients that were cut off together come back one after the other.
const RETRY_MILLISECONDS: std::ops::Range<u64> = 1_000..5_000;

/// The two ends of a stream: frames in, an answer that never ends by itself.
pub fn answer(app: &App) -> (mpsc::Sender<Box<Frame>>, Response) {
    let (sender, receiver) = mpsc::channel(FRAMES_MAX);
    let retry = Event::default().retry(retry_after());
    let first = stream::iter([Ok::<_, Infallible>(retry)]);
    let rest = stream::unfold(receiver, async |mut receiver: mpsc::Receiver<Box<Frame>>| {
        let frame = receiver.recv().await?;
        Some((Ok(event(&frame)), receiver))
    });
    let keep_alive = KeepAlive::new().interval(app.config.limits.stream_keep_alive);
    let events = futures_util::StreamExt::chain(first, rest);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    // A proxy that collects the answer would keep it for ever.
    response.headers_mut().insert("X-Accel-Buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (sender, response)
}

fn event(frame: &Frame) -> Event {
    let event = Event::default().event(frame.event).data(frame.data.get());
    match &frame.id {
        Some(id) => event.id(id),
        None => event,
    }
}

fn retry_after() -> Duration {
    let mut random = [0; 2];
    getrandom::fill(&mut random).expect("the operating system gives random numbers");
    let width = RETRY_MILLISECONDS.end - RETRY_MILLISECONDS.start;
    Duration::from_millis(RETRY_MILLISECONDS.start + u64::from(u16::from_le_bytes(random)) % width)
}
