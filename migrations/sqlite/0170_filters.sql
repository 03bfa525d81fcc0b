-- The inbox by channel and status: each pair of them in the order of the list.
create index conversations_filtered on conversations (workspace_id, channel, status, last_message_at, id);
