//! A page that listens to live events of its node, and goes to another one when that dies.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use futures::StreamExt;
use tokio::task::JoinSet;

use crate::{meta::Address, random::Random, server::anywhere};

/// The place of an event: transaction and row.
pub(crate) type Place = (i64, i64);

#[derive(Default)]
struct Heard {
    /// Where the stream began.
    since: Option<Place>,
    events: Vec<Place>,
    resyncs: u64,
}

pub(crate) struct Page {
    heard: Arc<Mutex<Heard>>,
    _listening: JoinSet<()>,
}

impl Page {
    /// Listens on the first of these nodes, and on any of them while that one is dead.
    pub(crate) fn open(nodes: &[Address], token: &str, random: Random) -> Self {
        let heard = Arc::default();
        let mut listening = JoinSet::new();
        listening.spawn(listen(nodes.to_vec(), token.to_owned(), random, Arc::clone(&heard)));
        Self { heard, _listening: listening }
    }

    /// Where its stream began; none as long as it has not.
    pub(crate) fn since(&self) -> Option<Place> {
        self.heard.lock().unwrap().since
    }

    /// Where it last began, and everything that it was told since, in order.
    pub(crate) fn told(&self) -> (Place, Vec<Place>) {
        let heard = self.heard.lock().unwrap();
        (heard.since.unwrap(), heard.events.clone())
    }

    /// How often it had to load everything again.
    pub(crate) fn resyncs(&self) -> u64 {
        self.heard.lock().unwrap().resyncs
    }
}

async fn listen(mut nodes: Vec<Address>, token: String, mut random: Random, heard: Arc<Mutex<Heard>>) {
    let http = reqwest::Client::builder().build().unwrap();
    let mut last = None;
    loop {
        let own = nodes.first().and_then(|own| *own.borrow());
        let address = match own {
            Some(own) => own,
            None => anywhere(&mut nodes, &mut random).await,
        };
        // It ends with the node, in the middle of a line maybe.
        drop(hear(&http, address, &token, &mut last, &heard).await);
    }
}

async fn hear(
    http: &reqwest::Client,
    address: SocketAddr,
    token: &str,
    last: &mut Option<String>,
    heard: &Mutex<Heard>,
) -> reqwest::Result<()> {
    let mut request = http.get(format!("http://{address}/api/v1/events")).bearer_auth(token);
    if let Some(last) = &last {
        request = request.header("last-event-id", last);
    }
    let mut stream = request.send().await?.error_for_status()?.bytes_stream();
    let mut text = String::new();
    while let Some(bytes) = stream.next().await {
        text.push_str(&String::from_utf8_lossy(&bytes?));
        while let Some((block, rest)) = text.split_once("\n\n") {
            take(block, last, &mut heard.lock().unwrap());
            text = rest.to_owned();
        }
    }
    Ok(())
}

fn take(block: &str, last: &mut Option<String>, heard: &mut Heard) {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    // What has no place is a sign of life.
    let Some(id) = field("id:") else { return };
    let (xact, row) = id.split_once('-').unwrap();
    let place = (xact.parse().unwrap(), row.parse().unwrap());
    *last = Some(id.to_owned());
    heard.since.get_or_insert(place);
    if field("event:") == Some("ready") {
        return;
    }
    if field("data:").unwrap().contains("resync") {
        // It missed too much to be told one by one, loads everything, and starts over.
        *heard = Heard { since: Some(place), events: Vec::new(), resyncs: heard.resyncs + 1 };
        return;
    }
    heard.events.push(place);
}
