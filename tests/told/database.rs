//! A PostgreSQL server that refuses everybody.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The running server.
pub(crate) struct FakeDatabase {
    port: u16,
}

impl FakeDatabase {
    /// Refuses with this SQLSTATE and message.
    pub(crate) async fn start(code: &str, message: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let refusal = refusal(code, message);
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that breaks off is none of a test's business.
                let _ = refuse(stream, &refusal).await;
            }
        });
        Self { port }
    }

    /// Its address with secrets made of one word.
    pub(crate) fn url(&self, word: &str) -> String {
        format!("postgres://{word}-user:{word}-pass@127.0.0.1:{}/ledger?options={word}-option", self.port)
    }
}

/// The first message may ask for encryption, which there is none; the next one is the greeting.
async fn refuse(mut stream: TcpStream, refusal: &[u8]) -> std::io::Result<()> {
    const ASKS_FOR_TLS: u32 = 80_877_103;
    loop {
        let length = stream.read_u32().await?;
        let mut message = vec![0; usize::try_from(length).unwrap_or(4).saturating_sub(4)];
        stream.read_exact(&mut message).await?;
        if message == ASKS_FOR_TLS.to_be_bytes() {
            stream.write_all(b"N").await?;
        } else {
            return stream.write_all(refusal).await;
        }
    }
}

fn refusal(code: &str, message: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
    let length = u32::try_from(fields.len() + 4).expect("a short message");
    [b"E".as_slice(), &length.to_be_bytes(), fields.as_bytes()].concat()
}
