//! Graph calls of the floor, over as many kept connections as calls are in progress.

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::support::{Result, http::Connection};

/// Calls in progress at once.
const AT_ONCE: usize = 1024;

pub(super) struct Calls {
    graph: SocketAddr,
    idle: Mutex<Vec<Connection>>,
    room: Semaphore,
}

impl Calls {
    pub(super) fn new(graph: SocketAddr) -> Self {
        Self { graph, idle: Mutex::default(), room: Semaphore::new(AT_ONCE) }
    }

    /// Read receipt with typing indicator.
    pub(super) async fn mark_read(&self, phone_number_id: &str, wamid: &str) -> Result<()> {
        let message = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid,
            "typing_indicator": {"type": "text"}});
        self.post(phone_number_id, &message.to_string()).await
    }

    /// An answer.
    pub(super) async fn send_text(&self, phone_number_id: &str, to: &str, body: &str) -> Result<()> {
        let message = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text",
            "text": {"body": body, "preview_url": false}, "to": format!("+{to}"),
            "biz_opaque_callback_data": Uuid::now_v7()});
        self.post(phone_number_id, &message.to_string()).await
    }

    async fn post(&self, phone_number_id: &str, body: &str) -> Result<()> {
        let _permit = self.room.acquire().await?;
        let mut connection = match self.take_idle() {
            Some(connection) => connection,
            None => Connection::open(self.graph).await?,
        };
        let request = format!(
            "POST /v26.0/{phone_number_id}/messages HTTP/1.1\r\nHost: graph\r\nAuthorization: Bearer bench-token\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let status = connection.exchange(request.as_bytes()).await?.status();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        if status == 200 { Ok(()) } else { Err(format!("the double answered {status}").into()) }
    }

    fn take_idle(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
