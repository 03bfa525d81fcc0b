//! Every query carries the workspace, but for those that are named here with their reason.

use crate::tests::source;

/// Tables whose rows belong to a workspace.
pub(super) const OF_A_WORKSPACE: [&str; 26] = [
    "memberships",
    "invitations",
    "api_tokens",
    "chatbots",
    "knowledge_items",
    "integrations",
    "contacts",
    "identities",
    "contact_fields",
    "contact_values",
    "conversations",
    "messages",
    "attempts",
    "message_statuses",
    "parked_statuses",
    "webhook_counts",
    "delivery_routes",
    "events",
    "erasures",
    "audit_entries",
    "episodes",
    "releases",
    "labels",
    "conversation_labels",
    "notes",
    "mentions",
];

/// Queries that do not ask for one workspace, with the reason. Each is a piece of its text.
const ACROSS_WORKSPACES: &[(&str, &str, &str)] = &[
    (
        "account.rs",
        "where m.user_id = $1 and u.disabled_at is null and m.disabled_at is null order by m.created_at, m",
        "finds out in which workspaces somebody is",
    ),
    ("account.rs", "where email = $1 and disabled_at is null and exists", "whoever belongs to nothing cannot sign in"),
    (
        "account.rs",
        "and password_hash = $2 and disabled_at is null and exists",
        "whoever belongs to nothing cannot sign in",
    ),
    ("member.rs", "workspace_id <> $1 and user_id = $2", "whether somebody belongs to another workspace: yes or no"),
    ("invitation.rs", "where i.token_hash = $1", "finds out where a link leads to"),
    ("invitation.rs", "delete from invitations where expires_at", "what is too old goes, everywhere"),
    ("person.rs", "role from memberships where user_id = $1", "finds out in which workspaces somebody is"),
    ("person.rs", "set disabled_at = null where user_id", "the operator lets somebody in everywhere"),
    ("person.rs", "delete from memberships where user_id = $1", "the operator takes somebody out of everything"),
    ("person.rs", "$1 is null or w.name = $1", "the operator's list, on the command line only"),
    ("token.rs", "$1 is null or t.user_id = $1", "the operator's list, on the command line only"),
    ("token.rs", "where user_id = $1 and revoked_at", "whoever is disabled is let in nowhere"),
    ("token.rs", "where token_hash = $1", "finds out whose token it is"),
    ("token.rs", "set last_used_at", "by the id that was just found by the token"),
    ("website.rs", "where i.id = $1 and i.channel = 'web'", "the public chat page names only the integration"),
    ("integration.rs", "where i.id = $1", "the webhook's path names only the integration"),
    ("integration.rs", "where i.external_key = $1 and i.app_proven", "the deployment-wide app serves all workspaces"),
    ("integration.rs", "where i.account_key = $1 and i.app_proven", "the deployment-wide app serves all workspaces"),
    (
        "dead_letter.rs",
        "from integrations i cross join",
        "gives back to the queue what was nobody's; who gets it, routing says",
    ),
    ("integration.rs", "where i.id > $1 order by i.id", "a change of the key seals all secrets anew"),
    ("integration.rs", "where account_key = $1 and id <> $2", "whose subscription at Meta may not end: yes or no"),
    ("erasure.rs", "from erasures order by", "the sweep erases what is left, everywhere"),
    ("change.rs", "from integrations where erasing", "the sweep erases what is left, everywhere"),
    ("activity.rs", "set answer_due_at = $3, answered_seq", "held answers go within their own workspace"),
    ("activity.rs", "It waited too long", "the sweep withdraws what waited too long, everywhere"),
    ("health.rs", "check_due_at <= $1 limit 1", "whether a worker has something to do"),
    ("health.rs", "set check_due_at = $2", "a worker takes what is due anywhere"),
    ("delivery.rs", "delete from delivery_routes where", "what is too old goes, everywhere"),
    ("turn.rs", "set answer_lease = $1", "a worker takes what is due anywhere"),
    ("turn.rs", "where answer_lease is not null", "after a crash, everywhere"),
    ("turn.rs", "and answer_lease = $1", "a claim took them anywhere"),
    ("assigning.rs", "from releases order by", "the sweep takes back what anybody had who is gone"),
    ("label.rs", "where deleted_at is not null order by", "the upkeep takes off what is deleted anywhere"),
    ("waiting.rs", "not exists (select 1 from contacts k", "a condition of statements that name it"),
    ("snooze.rs", "snoozed_until <= $1 limit 1", "whether a worker has something to do"),
    ("snooze.rs", "order by snoozed_until limit $2", "the sweep opens what is due anywhere"),
    ("idle.rs", "from chatbots b cross join", "the sweep gives back what is idle anywhere"),
    ("idle.rs", "returning workspace_id, id", "of what was just given back"),
    ("node.rs", "uuid_send(answer_lease)", "after a crash of a node, everywhere"),
    ("node.rs", "uuid_send(lease)", "after a crash of a node, everywhere"),
    ("turn.rs", "select min(answer_due_at)", "when a worker wakes up"),
    ("turn.rs", "answer_lease_until <= $1 limit 1", "whether a worker has something to do"),
    ("turn.rs", "update conversations set answer_due_at = $1", "the clock is everybody's"),
    ("turn.rs", "update conversations set answer_lease_until = $1", "the clock is everybody's"),
    ("queue.rs", "next_attempt_at > $1 or lease_until > $1", "the clock is everybody's"),
    ("event.rs", "select created_at from events order by id desc", "a time, no row"),
    ("queue.rs", "select i.id from integrations i where i.id > $1", "a worker sends what is due anywhere"),
    ("queue.rs", "select 1 from messages where state = 'queued' order", "whether a worker has something to do"),
    ("attempt.rs", "delete from attempts where", "what is too old goes, everywhere"),
    ("activity.rs", "where i.deleted_at is not null limit", "each within its own workspace"),
    ("queue.rs", "m.id, m.conversation_id from messages m", "one integration's, found before"),
    ("queue.rs", "not exists (select 1 from messages e", "of the same conversation"),
    ("queue.rs", "set state = 'unknown'", "leases run out anywhere"),
    ("queue.rs", "set lease_until = 0 where state = 'sending'", "after a crash, everywhere"),
    ("queue.rs", "select (select count(*) from messages", "metrics of the whole server"),
    ("queue.rs", "lease_until <= $1 limit 1", "whether a worker has something to do"),
    ("status.rs", "select distinct p.workspace_id", "the sweep joins each row within its own workspace"),
    ("status.rs", "delete from parked_statuses where created_at", "what is too old goes, everywhere"),
    ("event.rs", "order by id desc limit 1", "a place in the stream, no row"),
    ("event.rs", "order by xact desc, id desc limit 1", "a place in the stream, no row"),
    ("event.rs", "select xact, id from events order by xact, id limit 1", "a place in the stream, no row"),
    ("event.rs", "delete from events where", "what is too old goes, everywhere"),
];

/// Whether the text names a table of a workspace as one that it reads or writes.
fn touches_a_workspace(sql: &str) -> bool {
    let words: Vec<&str> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    words.windows(2).any(|w| matches!(w[0], "from" | "join" | "into" | "update") && OF_A_WORKSPACE.contains(&w[1]))
}

/// Whether it asks for the workspace, or writes it into a new row.
fn names_its_workspace(sql: &str) -> bool {
    ["workspace_id = $", "workspace_id = v.column1", "workspace_id = w.column1"].iter().any(|key| sql.contains(key))
        || sql.starts_with("insert into") && sql.contains("workspace_id,")
}

/// A code in which statements that are put together with a list of channels or a condition are one text, as the database gets them.
fn glued(code: &str) -> String {
    let lists = ["known_channels!()", "provided_channels!()", "heard!()"];
    let mut whole = code.to_owned();
    for list in lists {
        let pieces: Vec<String> = whole.split(list).map(str::to_owned).collect();
        whole = pieces
            .into_iter()
            .reduce(|before, after| {
                let start = before.trim_end().strip_suffix("\",").map(str::to_owned);
                let rest = after.strip_prefix(',').and_then(|a| a.trim_start().strip_prefix('"').map(str::to_owned));
                match (start, rest) {
                    (Some(start), Some(rest)) => format!("{start}(){rest}"),
                    _ => format!("{before}{list}{after}"),
                }
            })
            .unwrap_or_default();
    }
    whole
}

/// The text of a statement that is built around a list of values, up to what follows the list.
fn whole_statement(sql: &str, after: &str) -> String {
    let mut whole = sql.to_owned();
    for (_, part, _) in source::literals(after) {
        whole.push_str(part);
        if part.starts_with(')') {
            break;
        }
    }
    whole
}

#[test]
fn every_query_carries_the_workspace() {
    let mut unused: Vec<(&str, &str)> = ACROSS_WORKSPACES.iter().map(|(file, text, _)| (*file, *text)).collect();
    let mut broken = Vec::new();
    let mut seen = 0;
    for source in source::all().iter().filter(|s| s.path.starts_with("src/server/store/")) {
        let file = source.path.rsplit('/').next().unwrap().to_owned();
        let code = glued(&source.code());
        for (before, sql, after) in source::literals(&code) {
            // The head of a macro, whose callers add the condition; and such a condition.
            let is_head = after.trim_start_matches([',', ' ', '\n']).starts_with("$tail");
            let is_tail = before.trim_end().ends_with("select!(") && sql.starts_with("where ");
            if is_head && !sql.contains(" where ") || !is_tail && !touches_a_workspace(sql) {
                continue;
            }
            seen += 1;
            let is_built = before.trim_end().ends_with("QueryBuilder::new(") || sql.ends_with("from (");
            // What is put together begins with the workspace.
            let begins_with_it =
                is_built && sql.ends_with(".workspace_id = ") && after.contains("push_bind(workspace_id)");
            let sql = &if is_built { whole_statement(sql, after) } else { sql.to_owned() };
            if begins_with_it || names_its_workspace(sql) {
                continue;
            }
            let known = ACROSS_WORKSPACES.iter().find(|(at, text, _)| *at == file && sql.contains(text));
            match known {
                Some((at, text, _)) => unused.retain(|entry| *entry != (*at, *text)),
                None => broken.push(format!("{file}: {sql}")),
            }
        }
    }
    assert!(broken.is_empty(), "queries without a workspace:\n{}", broken.join("\n"));
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
    assert!(seen > 80, "only {seen} queries found");
}
