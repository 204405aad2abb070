//! Connections: as many as there is room for, each with an end to its silence.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use axum::{body::Body, extract::Request, response::Response, serve::Listener};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

use super::{call, guests::Guests, patient::PatientStream};
use crate::{
    api::{Api, Peer},
    config::Config,
};

/// Serves everybody who connects until `stop` resolves, then nobody new; ends with the last request
/// under way. One connection more than there is room for waits to be taken until another ends.
/// One more from an address than it may have is closed.
pub async fn serve(mut listener: TcpListener, api: Api, config: &Config, stop: impl Future<Output = ()>) {
    let limits = &config.limits;
    let guests = Guests::new(config);
    let room = Arc::new(Semaphore::new(limits.connections));
    let leaving = watch::Sender::new(());
    let mut server = http1::Builder::new();
    // A connection that waits for its next request is as idle as one whose request never ends.
    server.timer(TokioTimer::new()).header_read_timeout(limits.connection_idle);
    let mut stop = pin!(stop);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&mut listener, &room) => accepted,
            () = &mut stop => break,
        };
        let Some(guest) = guests.admit(peer.ip()) else { continue };
        let stream = PatientStream::new(stream, limits.stream_stall, (place, guest));
        let api = api.clone();
        let service = service_fn(move |request| answer(api.clone(), peer, request));
        let connection = server.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut left = leaving.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let outcome = tokio::select! {
                outcome = &mut connection => outcome,
                _ = left.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = outcome {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
            }
        });
    }
    drop(listener);
    leaving.send_replace(());
    // Each connection holds a receiver until it ends.
    leaving.closed().await;
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &mut TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = room.clone().acquire_owned().await.expect("nobody closes the semaphore");
    let (stream, peer) = Listener::accept(listener).await;
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not turn Nagle's algorithm off");
    }
    (stream, peer, place)
}

/// One request of a connection, whose other end it comes from.
async fn answer(
    api: Api,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    Ok(call(&api, request).await)
}
