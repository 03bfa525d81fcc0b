//! A bad line to the Graph API: it stands in front of the double and breaks calls off at the level of TCP.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use super::graph::FakeGraph;

/// What happens to a message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Reset when only the head of the request has been read. Meta sees nothing of it.
    ResetBeforeBody,
    /// Reset when the whole request has been read. Meta has taken the message.
    ResetAfterBody,
    /// Meta has taken the message; half of its answer comes back.
    HalfAnswer,
    /// Meta has taken the message; its answer waits for [`BrokenGraph::release`].
    Late,
}

struct Line {
    target: Mutex<String>,
    troubles: Mutex<VecDeque<Trouble>>,
    released: watch::Sender<bool>,
    /// Messages that came as far as here, whatever became of them.
    tried: watch::Sender<usize>,
}

pub(crate) struct BrokenGraph {
    address: SocketAddr,
    line: Arc<Line>,
    listening: JoinSet<()>,
}

impl BrokenGraph {
    /// A line that works, until told otherwise.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Line {
            target: Mutex::default(),
            troubles: Mutex::default(),
            released: watch::Sender::new(false),
            tried: watch::Sender::new(0),
        };
        let address = listener.local_addr().unwrap();
        let mut broken = Self { address, line: Arc::new(line), listening: JoinSet::new() };
        broken.listen(listener);
        broken
    }

    /// The flag that makes a server use this line.
    pub(crate) fn flag(&self) -> String {
        format!("--graph-url=http://{}", self.address)
    }

    /// Where the line leads to.
    pub(crate) fn lead_to(&self, graph: &FakeGraph) {
        *self.line.target.lock().unwrap() = graph.url.trim_start_matches("http://").to_owned();
    }

    /// What happens to the next messages, in turn; after that they get through.
    pub(crate) fn break_next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.line.troubles.lock().unwrap().extend(troubles);
    }

    /// How many messages came as far as here.
    pub(crate) fn tried(&self) -> usize {
        *self.line.tried.borrow()
    }

    /// Waits until so many have.
    pub(crate) async fn has_tried(&self, count: usize) {
        self.line.tried.subscribe().wait_for(|tried| *tried >= count).await.unwrap();
    }

    /// Lets late answers through.
    pub(crate) fn release(&self) {
        self.line.released.send_replace(true);
    }

    /// Refuses connections, and ends those that are open.
    pub(crate) async fn refuse(&mut self) {
        self.listening.shutdown().await;
    }

    /// Takes connections again.
    pub(crate) async fn stop_refusing(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.listen(listener);
    }

    fn listen(&mut self, listener: TcpListener) {
        let line = Arc::clone(&self.line);
        self.listening.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(carry(client, Arc::clone(&line)));
            }
        });
    }
}

/// One request or answer: its head, and how long its body is.
struct Head {
    bytes: Vec<u8>,
    body: usize,
}

async fn read_head(stream: &mut TcpStream) -> Option<Head> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8(bytes.clone()).unwrap().to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    Some(Head { bytes, body: length.map_or(0, |n| n.trim().parse().unwrap()) })
}

async fn read_body(stream: &mut TcpStream, head: &Head) -> Option<Vec<u8>> {
    let mut body = vec![0; head.body];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

/// Carries requests to the double and answers back, until one side ends or trouble comes.
async fn carry(mut client: TcpStream, line: Arc<Line>) {
    let target = line.target.lock().unwrap().clone();
    let mut graph = TcpStream::connect(target).await.unwrap();
    while let Some(head) = read_head(&mut client).await {
        if head.bytes.starts_with(b"POST") && line.troubles.lock().unwrap().front() == Some(&Trouble::ResetBeforeBody) {
            line.troubles.lock().unwrap().pop_front();
            line.tried.send_modify(|tried| *tried += 1);
            client.set_zero_linger().unwrap();
            return;
        }
        let Some(body) = read_body(&mut client, &head).await else { return };
        let is_message = head.bytes.starts_with(b"POST") && !String::from_utf8_lossy(&body).contains("\"message_id\"");
        let trouble = if is_message { line.troubles.lock().unwrap().pop_front() } else { None };
        graph.write_all(&head.bytes).await.unwrap();
        graph.write_all(&body).await.unwrap();
        let Some(answer_head) = read_head(&mut graph).await else { return };
        let answer = [answer_head.bytes.clone(), read_body(&mut graph, &answer_head).await.unwrap()].concat();
        if is_message {
            line.tried.send_modify(|tried| *tried += 1);
        }
        match trouble {
            Some(Trouble::ResetAfterBody) => return client.set_zero_linger().unwrap(),
            Some(Trouble::HalfAnswer) => {
                let half = &answer[..answer.len() - answer_head.body / 2];
                return client.write_all(half).await.unwrap();
            }
            Some(Trouble::Late) => drop(line.released.subscribe().wait_for(|released| *released).await),
            Some(Trouble::ResetBeforeBody) | None => {}
        }
        // Whoever waited too long has gone.
        if client.write_all(&answer).await.is_err() {
            return;
        }
    }
}
