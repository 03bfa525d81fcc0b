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

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.head(), name)
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
        match self.receive_head().await? {
            Some(head) => self.receive_body(head).await.map(Some),
            None => Ok(None),
        }
    }

    /// How long the head of the next message is, with its empty line. It stays where it is.
    pub(crate) async fn receive_head(&mut self) -> Result<Option<usize>> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                return Ok(Some(end + 4));
            }
            if !self.read_more().await? {
                return if self.buffer.is_empty() { Ok(None) } else { Err("the connection broke off".into()) };
            }
        }
    }

    /// Whether what was received begins like that.
    pub(crate) fn begins_with(&self, piece: &[u8]) -> bool {
        self.buffer.starts_with(piece)
    }

    /// The message whose head has this length.
    pub(crate) async fn receive_body(&mut self, head: usize) -> Result<Message> {
        let length = content_length(self.buffer.get(..head).unwrap_or_default());
        while self.buffer.len() < head + length {
            if !self.read_more().await? {
                return Err("the connection broke off inside of a body".into());
            }
        }
        let rest = self.buffer.split_off(head + length);
        Ok(Message { bytes: std::mem::replace(&mut self.buffer, rest), head })
    }

    /// Ends it with a reset instead of an orderly close.
    pub(crate) fn reset(self) -> Result<()> {
        Ok(self.stream.set_zero_linger()?)
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
fn find(bytes: &[u8], piece: &[u8]) -> Option<usize> {
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
    header(head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// The value of a header; its name in small letters.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
