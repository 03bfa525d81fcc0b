-- Labels that are being deleted, and what lists of a label filter by.

-- It comes off its conversations a portion at a time; nobody sees it meanwhile.
alter table labels add column deleted_at bigint;
create index labels_deleted on labels (deleted_at) where deleted_at is not null;

alter table conversation_labels add column assignee_id uuid;
alter table conversation_labels add column unread bigint not null default 0;
update conversation_labels l set assignee_id = v.assignee_id, unread = v.unread from conversations v
  where v.workspace_id = l.workspace_id and v.id = l.conversation_id;

drop index conversation_labels_listed;
create index conversation_labels_arranged on conversation_labels (workspace_id, label_id, channel, status,
  (case when assignee_id is null then 0 else 1 end), (case when unread > 0 then 1 else 0 end), last_message_at, conversation_id);
create index conversation_labels_assigned on conversation_labels (workspace_id, label_id, assignee_id, channel, status,
  (case when unread > 0 then 1 else 0 end), last_message_at, conversation_id) where assignee_id is not null;

create or replace function conversation_labels_follow() returns trigger language plpgsql as $$ begin
  update conversation_labels set status = new.status, last_message_at = new.last_message_at, assignee_id = new.assignee_id,
    unread = new.unread where workspace_id = new.workspace_id and conversation_id = new.id;
  return null;
end $$;
drop trigger conversation_labels_follow on conversations;
create trigger conversation_labels_follow after update of status, last_message_at, assignee_id, unread on conversations
  for each row when (new.labelled > 0) execute function conversation_labels_follow();
