//! Reports on sent messages: matched by our own id first, by wamid second; what matches nothing yet is parked.

use crate::{
    domain::{Millis, event::DomainEvent, ids::WorkspaceId, message::MessageState},
    server::{
        channel::{self, item::StatusReport},
        service::routing::Destination,
        store::{
            Conn, StoreResult, conversation, integration,
            status::{self, Report, Subject},
        },
    },
};

/// Stores an inbound status report.
pub async fn store(
    conn: &mut Conn,
    d: &Destination,
    report: &StatusReport,
    received_at: Millis,
    now: Millis,
) -> StoreResult<()> {
    let stored = Report {
        status: report.status.clone(),
        at: report.at.unwrap_or(received_at),
        error_code: report.error_code,
        error: channel::reported(d.channel, report),
    };
    if report.status == "failed" && report.error_code.is_some_and(|code| channel::concerns_all(d.channel, code)) {
        // It may be the first sign: the number may still look healthy, and sends are still accepted.
        integration::request_check(conn, d.workspace_id, d.integration_id, now).await?;
    }
    let own_id = report.callback_data.as_deref().and_then(|data| data.parse().ok());
    let mut subject = match own_id {
        Some(id) => status::find_by_id(conn, d.workspace_id, &d.external_key, id).await?,
        None => None,
    };
    if subject.is_none() {
        subject = status::find_by_external(conn, d.workspace_id, &d.external_key, &report.id).await?;
    }
    match subject {
        Some(subject) => apply(conn, d.workspace_id, &subject, &report.id, &stored, now).await,
        None => status::park(conn, d.workspace_id, &d.external_key, &report.id, &stored, now).await,
    }
}

/// Applies the reports that came before the message's id was known.
pub async fn join_parked(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    external_id: &str,
    now: Millis,
) -> StoreResult<()> {
    for report in status::unpark(conn, workspace_id, external_key, external_id).await? {
        if let Some(subject) = status::find_by_external(conn, workspace_id, external_key, external_id).await? {
            apply(conn, workspace_id, &subject, external_id, &report, now).await?;
        }
    }
    Ok(())
}

async fn apply(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    subject: &Subject,
    external_id: &str,
    report: &Report,
    now: Millis,
) -> StoreResult<()> {
    if !status::record(conn, workspace_id, subject.id, report).await? {
        return Ok(());
    }
    let state = next_state(subject.state, &report.status);
    status::advance(conn, workspace_id, subject, state, external_id, report, now).await?;
    // Whether a customer waits for a person hangs on whether the person's answer gets there.
    match (subject.state, state) {
        (MessageState::Failed, MessageState::Failed) => {}
        (_, MessageState::Failed) => {
            conversation::answer_failed(conn, workspace_id, subject.conversation_id, subject.id).await?;
        }
        (MessageState::Failed, _) => {
            conversation::answer_arrived(conn, workspace_id, subject.conversation_id, subject.id).await?;
        }
        _ => {}
    }
    conn.tell(workspace_id, DomainEvent::MessageProgressed { conversation_id: subject.conversation_id }, now);
    Ok(())
}

/// The state after a report. Ticks never go back; a failure counts only while nothing better is known.
fn next_state(current: MessageState, status: &str) -> MessageState {
    let reported = match status {
        "sent" => MessageState::Sent,
        "delivered" => MessageState::Delivered,
        "read" | "played" => MessageState::Read,
        "failed" => {
            return match current {
                MessageState::Delivered | MessageState::Read => current,
                _ => MessageState::Failed,
            };
        }
        _ => return current,
    };
    match (current, reported) {
        // `sent` after `failed` is an old report; `delivered` after `failed` is news.
        (MessageState::Failed, MessageState::Sent) => current,
        _ if current.rank() >= reported.rank() => current,
        _ => reported,
    }
}

#[cfg(test)]
mod tests {
    use super::next_state;
    use crate::domain::message::MessageState::{Accepted, Delivered, Failed, Queued, Read, Sending, Sent, Unknown};

    #[test]
    fn ticks_never_go_back() {
        for (current, status, next) in [
            (Accepted, "sent", Sent),
            (Sent, "delivered", Delivered),
            (Delivered, "sent", Delivered),
            (Read, "delivered", Read),
            (Delivered, "played", Read),
            (Sending, "sent", Sent),
            (Unknown, "sent", Sent),
            (Queued, "delivered", Delivered),
            (Sent, "failed", Failed),
            (Delivered, "failed", Delivered),
            (Failed, "sent", Failed),
            (Failed, "delivered", Delivered),
            (Sent, "warning", Sent),
        ] {
            assert_eq!(next_state(current, status), next, "{current:?} {status}");
        }
    }
}
