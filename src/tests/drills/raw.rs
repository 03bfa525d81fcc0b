//! Connections that are spoken to by hand, from any address of the loopback network.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{
    server::channel::whatsapp::signature,
    tests::app::{APP_SECRET, Number, TestApp},
};

/// What hangs should say where.
const PATIENCE: Duration = Duration::from_secs(30);

/// An address of the loopback network, for whom the server knows nothing.
pub(super) fn stranger(n: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 0, 1, n))
}

/// A client at that address.
pub(super) fn client(from: IpAddr) -> reqwest::Client {
    reqwest::Client::builder().local_address(from).timeout(PATIENCE).build().unwrap()
}

/// A connection by hand.
pub(super) struct Raw(TcpStream);

impl Raw {
    pub(super) async fn open(app: &TestApp, from: IpAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        let to = app.url.trim_start_matches("http://").parse().unwrap();
        Self(socket.connect(to).await.unwrap())
    }

    /// Sends a piece; `false` when the other side has gone.
    pub(super) async fn send(&mut self, piece: impl AsRef<[u8]>) -> bool {
        self.0.write_all(piece.as_ref()).await.is_ok()
    }

    /// Reads until there is that text; gives all of it.
    pub(super) async fn read_until(&mut self, text: &str) -> String {
        let mut all = Vec::new();
        let found = timeout(PATIENCE, async {
            while !String::from_utf8_lossy(&all).contains(text) {
                assert_ne!(self.0.read_buf(&mut all).await.unwrap(), 0, "{}", String::from_utf8_lossy(&all));
            }
        });
        found.await.unwrap_or_else(|_| panic!("{text:?} never came"));
        String::from_utf8(all).unwrap()
    }

    /// Reads until the other side closes; gives all of it.
    pub(super) async fn read_to_end(&mut self) -> String {
        let mut all = Vec::new();
        // A reset is an end as well.
        let ended = timeout(PATIENCE, self.0.read_to_end(&mut all)).await;
        assert!(ended.is_ok(), "the connection stays open after {:?}", String::from_utf8_lossy(&all));
        String::from_utf8(all).unwrap()
    }

    /// Sends that piece again and again until the other side closes or answers; gives the answer.
    pub(super) async fn drip(&mut self, piece: &str) -> String {
        let mut all = Vec::new();
        let ended = timeout(PATIENCE, async {
            loop {
                let read = timeout(Duration::from_millis(100), self.0.read_buf(&mut all)).await;
                match read {
                    Err(_) => drop(self.0.write_all(piece.as_bytes()).await),
                    Ok(Ok(n)) if n > 0 => {}
                    Ok(_) => return,
                }
            }
        });
        assert!(ended.await.is_ok(), "the connection stays open");
        String::from_utf8(all).unwrap()
    }
}

/// The head of a delivery that waits for leave to send its body.
pub(super) fn head(number: &Number, signature: &str, length: &str) -> String {
    format!(
        "POST /api/whatsapp/webhook/{} HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
         x-hub-signature-256: {signature}\r\n{length}\r\n\r\n",
        number.integration_id
    )
}

/// A connection whose delivery is in progress: the server waits for its body.
pub(super) async fn under_way(app: &TestApp, from: IpAddr, head: &str) -> Raw {
    let mut raw = Raw::open(app, from).await;
    raw.send(head).await;
    raw.read_until("100 Continue\r\n\r\n").await;
    raw
}

/// As one chunk of a body, with its end.
pub(super) fn chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

/// The signature of a body as Meta makes it.
pub(super) fn signed(body: &str) -> String {
    signature::sign(APP_SECRET.as_bytes(), body.as_bytes())
}

/// A signature that is well-formed and fits nothing.
pub(super) fn forged() -> String {
    format!("sha256={}", "0".repeat(64))
}
