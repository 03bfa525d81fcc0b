//! HTTP/1.1 over kept connections, by hand: the load generator and the double share two cores with what they measure,
//! and a full HTTP library would be most of what the figures show.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::Result;

/// The longest head or body that is read.
const MESSAGE_MAX: usize = 16 << 20;

/// One connection, and what was read from it beyond the current message.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A message as received: the head up to and with its empty line, then the body.
pub(crate) struct Message {
    bytes: Vec<u8>,
    head: usize,
}

impl Message {
    /// The first line and all headers.
    pub(crate) fn head(&self) -> &str {
        self.bytes.get(..self.head).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default()
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.get(self.head..).unwrap_or_default()
    }

    /// The status of an answer; 0 when it has none.
    pub(crate) fn status(&self) -> u16 {
        self.head().split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
    }
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        Self::over(TcpStream::connect(address).await?)
    }

    /// Speaks over a connection that is there already.
    pub(crate) fn over(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Message> {
        self.send(request).await?;
        self.receive().await?.ok_or_else(|| "the connection was closed instead of an answer".into())
    }

    /// The next message; none when the other side has closed between two messages.
    ///
    /// Bodies need a `Content-Length`: whatever talks to us here sends one for short answers.
    pub(crate) async fn receive(&mut self) -> Result<Option<Message>> {
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if !self.read_more().await? {
                return if self.buffer.is_empty() { Ok(None) } else { Err("the connection broke off".into()) };
            }
        };
        let length = content_length(self.buffer.get(..head).unwrap_or_default());
        while self.buffer.len() < head + length {
            if !self.read_more().await? {
                return Err("the connection broke off inside of a body".into());
            }
        }
        let rest = self.buffer.split_off(head + length);
        Ok(Some(Message { bytes: std::mem::replace(&mut self.buffer, rest), head }))
    }

    async fn read_more(&mut self) -> Result<bool> {
        if self.buffer.len() > MESSAGE_MAX {
            return Err("the message is too long".into());
        }
        self.buffer.reserve(4096);
        Ok(self.stream.read_buf(&mut self.buffer).await? > 0)
    }
}

/// Where a piece begins.
pub(crate) fn find(bytes: &[u8], piece: &[u8]) -> Option<usize> {
    let first = *piece.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(piece) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap_or_default();
    let value = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}
