//! One socket for a chat, both ways: the frames of its stream out; messages, typing and read marks in.

use std::time::Duration;

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, Span};

use super::{handlers::chat_of, order::Order, stream::StreamQuery};
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Query, parse},
        objects::lenient::{Int, optional},
        session::{self, Session},
        stream::{Ending, Frame, Source, renewed},
    },
    app::App,
    domain::caller::Caller,
    service::{
        audit,
        follow::{Follower, Seat, Transport},
        rates,
    },
};

/// How long a socket that brings no token may take to send one.
const FIRST_FRAME_MAX: Duration = Duration::from_secs(10);
/// Keep-alives that may go unanswered.
const SILENT_PINGS_MAX: u32 = 3;

/// The first frame of a socket whose request could not carry a token.
#[derive(Deserialize)]
struct FirstFrame {
    token: String,
    #[serde(default, deserialize_with = "optional")]
    chat_id: Option<Int>,
    #[serde(default, deserialize_with = "optional")]
    last_id: Option<Int>,
}

/// Watch a chat and write into it: a WebSocket.
///
/// Out come the events of `GET /ChatMessage/Stream` as JSON: `event`, `id` and `data`. In go objects
/// with one of `post` (a message, as for `POST /ChatMessage`; `idempotency_key` beside it), `typing`
/// (`{}`, or `{"_stopped": true}`) and `read` (the last entry that was read); `ref` beside it comes back
/// with the answer, `done` (`data` is the stored message) or `error` (the error's body and `status`).
/// A browser, which cannot set headers here, sends its token in its first frame:
/// `{"token": "…", "chat_id": 7, "last_id": 3}`.
#[utoipa::path(get, path = "/ChatMessage/Socket", tag = "ChatMessage", params(StreamQuery),
    responses((status = 101, description = "A WebSocket"), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn open_socket(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = match (upgrade, &caller) {
        (Ok(upgrade), _) => upgrade,
        (Err(_), Caller::Stranger) => return Err(Session::missing_token()),
        (Err(_), _) => return Err(ApiError::bad_request("this address takes a WebSocket")),
    };
    let seat = session.seat(Transport::Socket)?;
    let follower = match caller {
        Caller::Stranger => None,
        caller => {
            let chat = chat_of(query.chat_id, &caller)?;
            let follower = Follower::open(&app, caller, chat, query.last(&headers)).await?;
            audit::note_read(&app, follower.caller(), session.address(), chat).await?;
            Some(follower)
        }
    };
    let upgrade =
        upgrade.max_message_size(app.config.limits.body_bytes).max_frame_size(app.config.limits.body_bytes);
    let span = Span::current();
    let talk = move |socket| async move {
        let mut socket = Socket { patience: app.config.limits.stream_stall, socket };
        let opened = match follower {
            Some(follower) => Ok((session, follower, seat)),
            None => introduce(&app, &mut socket, session, seat).await,
        };
        let frame = match opened {
            Ok((session, follower, seat)) => serve(&app, &mut socket, session, follower, seat).await,
            Err(error) => Some(Frame::refusal(&error)),
        };
        if let Some(frame) = frame {
            socket.tell(&frame).await;
            let _ = timeout(socket.patience, socket.socket.send(Message::Close(None))).await;
        }
    };
    Ok(upgrade.on_upgrade(move |socket| talk(socket).instrument(span)))
}

struct Socket {
    socket: WebSocket,
    /// How long one frame may take.
    patience: Duration,
}

impl Socket {
    /// False when it cannot be told, or not in time.
    async fn tell(&mut self, frame: &Frame) -> bool {
        let text = serde_json::to_string(frame).expect("a frame is plain data");
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> bool {
        matches!(timeout(self.patience, self.socket.send(message)).await, Ok(Ok(())))
    }
}

/// Reads who it is from the first frame.
async fn introduce(
    app: &App,
    socket: &mut Socket,
    mut session: Session,
    strangers: Seat,
) -> Result<(Session, Follower, Seat), ApiError> {
    let silent = || ApiError::unauthorized("a token is missing; send it in the first frame");
    let first = timeout(FIRST_FRAME_MAX, socket.socket.recv()).await.map_err(|_| silent())?;
    let Some(Ok(Message::Text(text))) = first else { return Err(silent()) };
    let first: FirstFrame = parse(text.as_bytes()).map_err(|_| silent())?;
    let caller = session.present(&first.token).await?;
    drop(strangers);
    let seat = session.seat(Transport::Socket)?;
    let chat = chat_of(first.chat_id, &caller)?;
    let follower = Follower::open(app, caller, chat, first.last_id.map_or(0, |id| id.0)).await?;
    audit::note_read(app, follower.caller(), session.address(), chat).await?;
    Ok((session, follower, seat))
}

/// What is to be done next.
enum Step {
    Tell(Result<Vec<Frame>, ApiError>),
    Become(Result<Caller, ApiError>),
    Take(Option<Result<Message, axum::Error>>),
    Ping,
}

/// Serves until the end; answers the last frame, if there is somebody to tell.
async fn serve(
    app: &App,
    socket: &mut Socket,
    mut session: Session,
    follower: Follower,
    _seat: Seat,
) -> Option<Frame> {
    let mut ending = Ending::new(app);
    let (chat, mut caller) = (follower.chat(), follower.caller().clone());
    let mut source = Source::Chat(Box::new(follower));
    session::show_presence(app, &caller).await;
    let interval = app.config.limits.stream_keep_alive;
    let (mut next_ping, mut unanswered) = (Instant::now() + interval, 0);
    loop {
        let step = tokio::select! {
            message = socket.socket.recv() => Step::Take(message),
            frames = source.next() => Step::Tell(frames),
            other = session.changed(&caller) => Step::Become(other),
            last = ending.reached() => return Some(last),
            () = tokio::time::sleep_until(next_ping) => Step::Ping,
        };
        let frames = match step {
            Step::Tell(frames) => frames,
            Step::Become(other) => renewed(&mut source, &mut caller, other).await.map(|()| Vec::new()),
            Step::Take(Some(Ok(message))) => {
                unanswered = 0;
                let address = session.address();
                match message {
                    Message::Text(text) => {
                        Ok(vec![Order::obey(app, &caller, address, chat, text.as_bytes()).await])
                    }
                    Message::Binary(bytes) => {
                        Ok(vec![Order::obey(app, &caller, address, chat, &bytes).await])
                    }
                    Message::Close(_) => return None,
                    // They ask for nothing, and too many of them are too many all the same.
                    Message::Ping(_) | Message::Pong(_) => rates::charge(app, &caller, address, true)
                        .map(|()| Vec::new())
                        .map_err(ApiError::from),
                }
            }
            Step::Take(_) => return None,
            Step::Ping if unanswered == SILENT_PINGS_MAX => return None,
            Step::Ping => {
                unanswered += 1;
                next_ping = Instant::now() + interval;
                if !socket.send(Message::Ping(Vec::new().into())).await {
                    return None;
                }
                Ok(Vec::new())
            }
        };
        let frames = match frames {
            Ok(frames) => frames,
            Err(error) => return Some(Frame::refusal(&error)),
        };
        for frame in frames {
            if frame.is_end() {
                return Some(frame);
            }
            if !socket.tell(&frame).await {
                return None;
            }
        }
    }
}
