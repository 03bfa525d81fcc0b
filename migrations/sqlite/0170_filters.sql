-- The inbox by channel and status: each pair of them in the order of the list. The list without a filter reads them side by side.
create index conversations_listed on conversations (workspace_id, channel, status, last_message_at, id);
create index conversations_newer on conversations (workspace_id, last_message_at, id)
  where channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved');
drop index conversations_inbox;
