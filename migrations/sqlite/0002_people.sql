-- People: who is let in where and by what, and who was asked to come.

-- Somebody who is let in here no more; elsewhere they may be.
alter table memberships add column disabled_at integer;

-- Whether those who have no second factor are led to set one up before anything else.
alter table workspaces add column second_factor_needed integer not null default 0;

-- What a token may do at most, whatever its owner may: words with spaces between them.
alter table api_tokens add column scopes text not null default 'read write send manage';

-- When the session was used last, to a few minutes: one that nobody uses ends.
alter table sessions add column seen_at integer;
update sessions set seen_at = cast(strftime('%s', 'now') as integer) * 1000;
create index sessions_by_use on sessions (seen_at);

-- People who were asked to come, by a link that works once.
create table invitations (
  workspace_id blob    not null references workspaces (id),
  id           blob    not null,
  email        text    not null,
  role         text    not null,
  -- The SHA-256 of what stands in the link.
  token_hash   blob    not null unique,
  invited_by   blob    not null references users (id),
  created_at   integer not null,
  expires_at   integer not null,
  primary key (workspace_id, id)
) strict;
create unique index invitations_by_email on invitations (workspace_id, email);
create index invitations_by_expiry on invitations (expires_at);

-- What a sign-in asks for beside the password: codes that change every thirty seconds (RFC 6238).
create table second_factors (
  user_id      blob    not null primary key references users (id) on delete cascade,
  -- Sealed.
  secret       blob    not null,
  -- When the person has shown that they can make codes. Until then nothing asks for one.
  confirmed_at integer,
  -- The step of the code that was taken last: none is taken twice.
  last_step    integer not null default 0,
  created_at   integer not null
) strict;

-- Codes for when the second factor is lost; each works once. As SHA-256, with their owner.
create table recovery_codes (
  user_id   blob not null references users (id) on delete cascade,
  code_hash blob not null,
  primary key (user_id, code_hash)
) strict;
