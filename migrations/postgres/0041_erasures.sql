-- What is to be erased by somebody's order, until nothing of it is left. Large ones take a while, and go on after a start.
create table erasures (
  workspace_id uuid    not null references workspaces (id),
  id           uuid    not null,
  kind         text    not null,
  -- A conversation, a chatbot, or an integration (copies; every one of the workspace when it is nil).
  subject_id   uuid    not null,
  -- What came later stays: a place in the conversation, else a time.
  upto         bigint  not null,
  -- The names by which copies are found, as a JSON list.
  names        text    not null,
  created_at   bigint  not null,
  primary key (workspace_id, id)
);
