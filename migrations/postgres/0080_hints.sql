-- Hints at trouble ask for checks; when their allowance is whole again. Each check costs calls to Meta.
alter table integrations add column hinted_until bigint not null default 0;
