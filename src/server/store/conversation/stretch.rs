//! The stretches of the indexes that the inbox reads side by side: each channel and status, with and without something unread.
//!
//! `$1` is the workspace, `$5` and `$6` are channel and status, empty for all, `$8` asks for the unread only. A stretch that the
//! filter rules out is not looked at: its condition is one of the parameters alone.

/// Hands each stretch of `conversations` to the macro `$of`, with a further condition.
macro_rules! stretches {
    ($of:ident !, $condition:literal) => {
        concat!(
            $crate::server::store::conversation::stretch::by_status!($of!, $condition, "web"),
            $crate::server::store::conversation::stretch::by_status!($of!, $condition, "whatsapp")
        )
    };
}

macro_rules! by_status {
    ($of:ident !, $condition:literal, $channel:literal) => {
        concat!(
            $crate::server::store::conversation::stretch::by_unread!($of!, $condition, $channel, "open"),
            $crate::server::store::conversation::stretch::by_unread!($of!, $condition, $channel, "snoozed"),
            $crate::server::store::conversation::stretch::by_unread!($of!, $condition, $channel, "resolved")
        )
    };
}

macro_rules! by_unread {
    ($of:ident !, $condition:literal, $channel:literal, $status:literal) => {
        concat!(
            $of!($crate::server::store::conversation::stretch::stretch!($condition, $channel, $status, "0 and not $8")),
            $of!($crate::server::store::conversation::stretch::stretch!($condition, $channel, $status, "1"))
        )
    };
}

macro_rules! stretch {
    ($condition:literal, $channel:literal, $status:literal, $unread:literal) => {
        concat!(
            "$5 in ('', '",
            $channel,
            "') and $6 in ('', '",
            $status,
            "') and channel = '",
            $channel,
            "' and status = '",
            $status,
            "' and ",
            $condition,
            " and (case when unread > 0 then 1 else 0 end) = ",
            $unread
        )
    };
}

/// Hands each stretch of what has the label `$7` to the macro `$of`: of the conversations `o`, nobody's with `$9` or the
/// person's `$10`.
macro_rules! labelled {
    ($of:ident !) => {
        concat!(
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("web", "open")),
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("web", "snoozed")),
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("web", "resolved")),
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("whatsapp", "open")),
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("whatsapp", "snoozed")),
            $of!($crate::server::store::conversation::stretch::stretch_labelled!("whatsapp", "resolved"))
        )
    };
}

macro_rules! stretch_labelled {
    ($channel:literal, $status:literal) => {
        concat!(
            "l.label_id = $7 and $5 in ('', '",
            $channel,
            "') and $6 in ('', '",
            $status,
            "') and l.channel = '",
            $channel,
            "' and l.status = '",
            $status,
            "' and ",
            $crate::server::store::conversation::stretch::is_meant!()
        )
    };
}

/// Whether the filter lets the conversation of a label's row through. A value and no join, which PostgreSQL would make of all that
/// have the label before it takes the newest.
macro_rules! is_meant {
    () => {
        "(select 1 from conversations o where o.workspace_id = $1 and o.id = l.conversation_id
          and (o.last_inbound_at is not null or o.preview <> '') and (not $8 or o.unread > 0)
          and (not $9 or o.assignee_id is null) and ($10 is null or o.assignee_id = $10)) = 1"
    };
}

pub(super) use {by_status, by_unread, is_meant, labelled, stretch, stretch_labelled, stretches};
