-- Nobody has to look at it: notices, and what somebody else answers.
alter table messages add column silent boolean not null default false;
-- Who owns the customer's thread at Meta: us, other (Meta's agent, another app) or unknown; and when that showed last.
alter table conversations add column meta_owner text not null default 'unknown';
alter table conversations add column meta_owner_at bigint not null default 0;
-- When the customer's newest message came in; last_inbound_at is when they wrote it.
alter table conversations add column last_arrival_at bigint not null default 0;
