//! Callers that hold connections instead of using them.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use cre_backend::http::serve::{Limits, serve};
use test_support::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A server with these limits; it stops when the token is dropped.
async fn server(limits: Limits) -> (std::net::SocketAddr, tokio_util::sync::DropGuard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("its address");
    let stop = CancellationToken::new();
    let echo = |body: String| async { body };
    let router = Router::new().route("/", get(|| async { "hello" }).post(echo));
    TaskTracker::new().spawn(serve(vec![listener], router, limits, stop.clone()));
    (addr, stop.drop_guard())
}

/// Everything that the server sends until it closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end, too.
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn http_headers_that_never_end_are_cut_off() {
    let (addr, _server) =
        server(Limits { header_timeout: Duration::from_secs(1), ..Limits::default() }).await;
    let mut slow = TcpStream::connect(addr).await.expect("a connection");
    slow.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await.expect("it is open");

    let said = rest(&mut slow).await;

    assert!(!said.contains("hello"), "{said}");
    let mut silent = TcpStream::connect(addr).await.expect("a connection");
    assert_eq!(rest(&mut silent).await, "");
}

#[tokio::test]
async fn http_body_that_never_ends_is_cut_off() {
    let (addr, _server) = server(Limits { body_timeout: Duration::from_secs(1), ..Limits::default() }).await;
    let mut slow = TcpStream::connect(addr).await.expect("a connection");
    slow.write_all(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf")
        .await
        .expect("it is open");
    let said = rest(&mut slow).await;

    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    let mut whole = TcpStream::connect(addr).await.expect("a connection");
    let request =
        b"POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 5\r\n\r\nwhole";
    whole.write_all(request).await.expect("it is open");
    assert!(rest(&mut whole).await.ends_with("whole"));
}

#[tokio::test]
async fn http_connections_beyond_the_limit_wait() {
    let (addr, _server) = server(Limits { connections_max: 1, ..Limits::default() }).await;
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut first = TcpStream::connect(addr).await.expect("a connection");
    first.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("it is open");
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");

    let mut second = TcpStream::connect(addr).await.expect("the kernel takes it");
    second.write_all(request).await.expect("the kernel keeps it");
    let waiting = tokio::time::timeout(Duration::from_millis(300), second.read(&mut answer)).await;
    assert!(waiting.is_err(), "a second connection was served beside the first");

    drop(first);
    assert!(rest(&mut second).await.contains("hello"));
}
