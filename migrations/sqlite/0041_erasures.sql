-- What is to be erased by somebody's order, until nothing of it is left. Large ones take a while, and go on after a start.
create table erasures (
  workspace_id blob    not null references workspaces (id),
  id           blob    not null,
  kind         text    not null,
  -- A conversation, a chatbot, or an integration (copies; every one of the workspace when it is nil).
  subject_id   blob    not null,
  -- What came later stays: a place in the conversation, else a time.
  upto         integer not null,
  -- The names by which copies are found, as a JSON list.
  names        text    not null,
  created_at   integer not null,
  primary key (workspace_id, id)
) strict;
-- Whether a contact has any conversation left. (PostgreSQL would write this index with every message, and erasing there holds
-- up nobody while it looks.)
create index conversations_by_contact on conversations (workspace_id, contact_id);
