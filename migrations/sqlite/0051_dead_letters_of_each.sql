-- An item may be for several integrations (of workspaces that share a number): each gets its own dead letter.
alter table dead_letters rename to kept_dead_letters;
drop index dead_letters_by_integration;
drop index dead_letters_by_age;
create table dead_letters (
  id             blob    not null primary key,
  workspace_id   blob,
  integration_id blob,
  delivery_id    blob    not null,
  -- The item's place in its delivery; the whole delivery is ''.
  item           text    not null,
  reason         text    not null,
  payload        text    not null,
  created_at     integer not null
) strict;
insert into dead_letters (id, workspace_id, integration_id, delivery_id, item, reason, payload, created_at)
  select id, workspace_id, integration_id, delivery_id, item, reason, payload, created_at from kept_dead_letters;
drop table kept_dead_letters;
create index dead_letters_by_integration on dead_letters (workspace_id, integration_id);
create index dead_letters_by_age on dead_letters (created_at);
create unique index dead_letters_of_each on dead_letters (delivery_id, item, integration_id) where integration_id is not null;
create unique index dead_letters_of_nobody on dead_letters (delivery_id, item) where integration_id is null;
