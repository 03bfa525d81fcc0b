-- When Meta last confirmed that the token is of the deployment-wide app and opens number and account. A proof ends with every
-- refusal, when the integration is stopped or switched off, and by age.
alter table integrations add column proven_at integer;
update integrations set proven_at = checked_at
where app_proven and active and error_reason is null and deleted_at is null;
update integrations set app_proven = 0 where proven_at is null;
create index integrations_proven on integrations (phone_number_id) where app_proven and deleted_at is null;

-- Whose an item of the deployment-wide path would be, if it was nobody's when it came.
alter table dead_letters add column phone_number_id text;
alter table dead_letters add column business_account_id text;
create index dead_letters_unclaimed on dead_letters (phone_number_id, business_account_id) where workspace_id is null;
