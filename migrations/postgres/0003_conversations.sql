-- What people arrange about conversations: whose they are, labels, when they come back, notes among themselves.

-- Whose the conversation is, apart from who answers just now (`person_id`); null: nobody's.
alter table conversations add column assignee_id uuid;
-- When a snoozed conversation opens by itself; null: when the customer writes.
alter table conversations add column snoozed_until bigint;
-- Labels on it. While there are any, their rows follow its place in the list.
alter table conversations add column labelled bigint not null default 0;

-- Whoever has left since gets nothing.
update conversations set assignee_id = person_id where person_id is not null and mode = 'human' and status <> 'resolved'
  and exists (select 1 from memberships m join users u on u.id = m.user_id where m.workspace_id = conversations.workspace_id
    and m.user_id = conversations.person_id and m.disabled_at is null and u.disabled_at is null);

-- The inbox: each channel and status, somebody's or nobody's, with or without something unread, in the order of the list. A message
-- moves its conversation in this one index, whatever is listed. A version that knows nothing of people still finds by its first
-- three columns.
drop index conversations_listed;
create index conversations_arranged on conversations (workspace_id, channel, status,
  (case when assignee_id is null then 0 else 1 end), (case when unread > 0 then 1 else 0 end), last_message_at, id);
create index conversations_assigned on conversations (workspace_id, assignee_id, channel, status,
  (case when unread > 0 then 1 else 0 end), last_message_at, id) where assignee_id is not null;
create index conversations_snoozed on conversations (snoozed_until) where status = 'snoozed' and snoozed_until is not null;

-- Somebody is not let in any more: what is open of theirs goes back to the queue, a portion at a time.
create table releases (
  workspace_id uuid    not null,
  user_id      uuid    not null,
  created_at   bigint not null,
  primary key (workspace_id, user_id)
);

create table labels (
  workspace_id uuid    not null references workspaces (id),
  id           uuid    not null,
  name         text    not null,
  -- The name as it is compared: in small letters.
  name_key     text    not null,
  colour       text    not null,
  created_at   bigint not null,
  primary key (workspace_id, id)
);
create unique index labels_name on labels (workspace_id, name_key);

-- Which conversation has which label, with what the list sorts and filters by.
create table conversation_labels (
  workspace_id    uuid    not null,
  conversation_id uuid    not null,
  label_id        uuid    not null,
  channel         text    not null,
  status          text    not null,
  last_message_at bigint not null,
  primary key (workspace_id, conversation_id, label_id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade,
  foreign key (workspace_id, label_id) references labels (workspace_id, id) on delete cascade
);
create index conversation_labels_listed on conversation_labels
  (workspace_id, label_id, channel, status, last_message_at, conversation_id);
create index conversation_labels_newer on conversation_labels (workspace_id, label_id, last_message_at, conversation_id)
  where channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved');

-- By a trigger, so that no statement can forget it, not even one of an older version.
create function conversation_labels_follow() returns trigger language plpgsql as $$ begin
  update conversation_labels set status = new.status, last_message_at = new.last_message_at
    where workspace_id = new.workspace_id and conversation_id = new.id;
  return null;
end $$;
create trigger conversation_labels_follow after update of status, last_message_at on conversations
  for each row when (new.labelled > 0) execute function conversation_labels_follow();

-- What people write to each other. Apart from the messages, so that nothing that sends, shows visitors or asks engines can come
-- upon it.
create table notes (
  workspace_id    uuid    not null,
  id              uuid    not null,
  conversation_id uuid    not null,
  -- Its place among the messages.
  seq             bigint not null,
  user_id         uuid    not null,
  body            text    not null,
  client_id       uuid,
  created_at      bigint not null,
  primary key (workspace_id, conversation_id, seq),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade
);
create unique index notes_client on notes (workspace_id, conversation_id, client_id) where client_id is not null;

-- Whom a note mentions.
create table mentions (
  workspace_id    uuid    not null,
  user_id         uuid    not null,
  note_id         uuid    not null,
  conversation_id uuid    not null,
  seq             bigint not null,
  created_at      bigint not null,
  primary key (workspace_id, user_id, note_id),
  foreign key (workspace_id, conversation_id, seq) references notes (workspace_id, conversation_id, seq) on delete cascade
);
create index mentions_by_note on mentions (workspace_id, conversation_id, seq);
