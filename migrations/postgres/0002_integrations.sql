-- The life of an integration: why it stopped, how it is doing, what came in for it.

alter table integrations add column error_remedy text;
-- When the error was found: the background check does not wave a fresh one away.
alter table integrations add column error_at bigint;
alter table integrations add column quality text;
alter table integrations add column messaging_limit text;
alter table integrations add column ability text;
-- When the access token ends; null when never, or when that is not known.
alter table integrations add column token_expires_at bigint;
alter table integrations add column checked_at bigint;
-- When the background check is next; whoever moves it on has the check.
alter table integrations add column check_due_at bigint not null default 0;
-- Deliveries rejected for their signature since the last good one.
alter table integrations add column rejected_since bigint not null default 0;
-- Deleted with its conversations: connecting the number again begins afresh.
alter table integrations add column erased_at bigint;
-- Its conversations are still being erased.
alter table integrations add column erasing boolean not null default false;
create index integrations_erasing on integrations (id) where erasing;
create index integrations_check_due on integrations (check_due_at) where deleted_at is null;
create index integrations_deleted on integrations (workspace_id, phone_number_id) where deleted_at is not null;

create index messages_failed on messages (integration_id, updated_at) where state = 'failed';
create index deliveries_by_integration on deliveries (integration_id, id) where integration_id is not null;

-- Which integrations a delivery on the deployment-wide path held something for.
create table delivery_routes (
  workspace_id   uuid    not null,
  integration_id uuid    not null,
  delivery_id    uuid    not null,
  created_at     bigint not null,
  primary key (workspace_id, integration_id, delivery_id)
);
create index delivery_routes_by_age on delivery_routes (created_at);
create index dead_letters_by_age on dead_letters (created_at);
