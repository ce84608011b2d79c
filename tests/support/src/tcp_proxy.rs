//! A way to a server that can be made to swallow everything: no answer, and no refusal either.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The running way.
#[derive(Debug)]
pub struct TcpProxy {
    /// Where it listens.
    pub addr: SocketAddr,
    swallows: watch::Sender<bool>,
}

impl TcpProxy {
    /// Begins to pass on what comes for `server`.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("its address");
        let swallows = watch::Sender::new(false);
        let seen = swallows.subscribe();
        #[expect(clippy::disallowed_methods, reason = "the way lives as long as the test's runtime")]
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(pass_on(caller, server, seen.clone()));
            }
        });
        Self { addr, swallows }
    }

    /// Swallows everything from now on, on old connections and new ones; or passes it on again.
    pub fn swallow(&self, is_swallowing: bool) {
        self.swallows.send_replace(is_swallowing);
    }
}

async fn pass_on(caller: TcpStream, server: SocketAddr, mut swallows: watch::Receiver<bool>) {
    // Nobody hears of a server that is not reached now.
    let _ = swallows.wait_for(|swallows| !swallows).await;
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (from_caller, to_caller) = caller.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(copy(from_caller, to_server, swallows.clone()), copy(from_server, to_caller, swallows));
}

/// Copies until either end closes. What was swallowed once is lost, so the connection says nothing any more.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut swallows: watch::Receiver<bool>,
) {
    let (mut chunk, mut is_lost) = ([0; 16 << 10], false);
    loop {
        let read = tokio::select! {
            read = from.read(&mut chunk) => read.unwrap_or_default(),
            _ = swallows.wait_for(|swallows| *swallows), if !is_lost => {
                is_lost = true;
                continue;
            }
        };
        if read == 0 || (!is_lost && to.write_all(&chunk[..read]).await.is_err()) {
            return;
        }
    }
}
