-- Who did what that people may have to answer for. Rows are added, and neither changed nor taken away, so they belong to no other
-- table: what they tell of may be gone.
create table audit_entries (
  workspace_id uuid    not null,
  id           uuid    not null,
  at           bigint  not null,
  actor        text    not null,
  user_id      uuid,
  token_id     uuid,
  action       text    not null,
  subject      text    not null,
  subject_id   uuid    not null,
  detail       text    not null,
  primary key (workspace_id, id)
);
create index audit_entries_by_time on audit_entries (workspace_id, at, id);
create index audit_entries_by_person on audit_entries (workspace_id, user_id, at, id);
create index audit_entries_by_action on audit_entries (workspace_id, action, at, id);
