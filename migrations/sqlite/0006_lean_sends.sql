-- The inbox looks the state of the last message up: kept here, every send and every report changed the conversation too.
alter table conversations drop column preview_state;

-- One tree instead of three: tries are found by their message, and pruned by it, for ids are in the order of time.
alter table attempts rename to kept_attempts;
create table attempts (
  workspace_id blob    not null,
  id           blob    not null,
  message_id   blob    not null,
  started_at   integer not null,
  finished_at  integer,
  outcome      text,
  http_status  integer,
  error_code   integer,
  trace_id     text,
  primary key (workspace_id, message_id, id)
) strict, without rowid;
insert into attempts select * from kept_attempts;
drop table kept_attempts;
