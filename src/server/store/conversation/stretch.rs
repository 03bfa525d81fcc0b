//! The stretches of the indexes that the inbox reads side by side: each channel and status, with and without something unread.
//!
//! `$1` is the workspace, `$5` and `$6` are channel and status, empty for all, `$8` asks for the unread only. A stretch that the
//! filter rules out is not looked at: its condition is one of the parameters alone.

/// Hands each stretch of `conversations`, or of `conversation_labels`, to the macro `$of`, with a further condition.
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

/// Whether anything was said in the conversation of a label's row. A value and no join, which PostgreSQL would make of all that
/// have the label before it takes the newest.
macro_rules! is_said {
    () => {
        "(select 1 from conversations o where o.workspace_id = $1 and o.id = conversation_labels.conversation_id
          and (o.last_inbound_at is not null or o.preview <> '')) = 1"
    };
}

pub(super) use {by_status, by_unread, is_said, stretch, stretches};
