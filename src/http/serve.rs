//! The listening side: HTTP/1.1 connections with limits that the framework's own server does not set.
//!
//! A caller that sends its headers or its body byte by byte is cut off, and so many connections at most are open at once; more
//! wait in the kernel's queue. On the stop signal idle connections close and requests under way are answered.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use futures_util::future::select_all;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::Connection;
use super::request_body::RequestBody;

/// What the server allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections.
    pub connections_max: usize,
    /// Longest time for the headers of a request, the pause before it included.
    pub header_timeout: Duration,
    /// Longest time for the body of a request.
    pub body_timeout: Duration,
    /// Longest wait for requests under way after the stop signal.
    pub drain_timeout: Duration,
}

impl Limits {
    /// What the operators' listener allows: probes, a scraper, and people.
    pub const OPERATORS: Self = Self {
        connections_max: 64,
        header_timeout: Duration::from_secs(15),
        body_timeout: Duration::from_secs(15),
        drain_timeout: Duration::from_secs(10),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 1_024,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(15),
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// Pause after an accept that failed for want of something (file descriptors, memory).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves all `listeners`, of which there is at least one, until `stop` fires, then until the requests under way are
/// answered. Every request has its [`Connection`] among its extensions.
pub async fn serve(listeners: Vec<TcpListener>, router: Router, limits: Limits, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(limits.connections_max));
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    let draining = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
    loop {
        let accepted = async {
            // The semaphore is never closed, so a permit always comes.
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, accept_any(&listeners).await)
        };
        let (permit, (stream, connection)) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let routes = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<_>| {
            request.extensions_mut().insert(connection);
            routes.call(request.map(|body| RequestBody::within(limits.body_timeout, body)))
        });
        let connection = draining.watch(http.serve_connection(TokioIo::new(stream), service));
        let cut = cut.clone();
        connections.spawn(async move {
            // A caller that breaks off or is cut off concerns nobody else.
            let _ = cut.run_until_cancelled(connection).await;
            drop(permit);
        });
    }
    drop(listeners);
    if tokio::time::timeout(limits.drain_timeout, draining.shutdown()).await.is_err() {
        tracing::warn!("some requests were still under way when the server stopped");
    }
    cut.cancel();
    connections.close();
    connections.wait().await;
}

/// The next connection of whichever listener has one.
async fn accept_any(listeners: &[TcpListener]) -> (TcpStream, Connection) {
    select_all(listeners.iter().map(|listener| Box::pin(accept(listener)))).await.0
}

/// The next connection, whatever goes wrong before.
async fn accept(listener: &TcpListener) -> (TcpStream, Connection) {
    loop {
        let accepted = listener.accept().await.and_then(|(stream, peer)| {
            let (bound, local) = (listener.local_addr()?.ip(), stream.local_addr()?.ip());
            Ok((stream, Connection::new(bound, local, peer.ip())))
        });
        match accepted {
            Ok((stream, connection)) => {
                // Answers are small and whole: waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                return (stream, connection);
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) => {
                tracing::error!(kind = %error.kind(), "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_the_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
