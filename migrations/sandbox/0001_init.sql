-- The WhatsApp simulator's own little database. Nothing of the product is in here: the two meet by HTTP only.
-- Times are Unix milliseconds; ids that Meta would mint are opaque text; customers' ids are UUIDv7 as 16 bytes.

-- A simulated number with the app and the business account (WABA) that belong to it: one of each.
create table numbers (
  phone_number_id     text    not null primary key,
  workspace_id        blob    not null,
  business_account_id text    not null unique,
  app_id              text    not null unique,
  -- In clear, because it signs webhooks. It opens nothing but this simulator.
  app_secret          text    not null,
  access_token_hash   blob    not null unique,
  phone               text    not null unique,
  verified_name       text    not null,
  callback_url        text,
  created_at          integer not null
) strict;
create index numbers_by_workspace on numbers (workspace_id);

-- A person with a phone. Without `phone` the business knows them by `user_id` (BSUID) only.
create table customers (
  id              blob    not null primary key,
  phone_number_id text    not null references numbers (phone_number_id) on delete cascade,
  name            text    not null,
  phone           text,
  user_id         text    not null,
  -- Opens the 24-hour window.
  last_wrote_at   integer,
  typing_until    integer,
  created_at      integer not null,
  unique (phone_number_id, phone),
  unique (phone_number_id, user_id)
) strict;
create index customers_typing on customers (typing_until) where typing_until is not null;

-- What the phones show.
create table messages (
  seq         integer primary key autoincrement,
  wamid       text    not null unique,
  customer_id blob    not null references customers (id) on delete cascade,
  -- Written by the customer (else by the business).
  mine        integer not null check (mine in (0, 1)),
  text        text    not null,
  -- What it is beyond its text, as JSON.
  content     text,
  tick        text    not null check (tick in ('clock', 'delivered', 'read', 'failed')),
  at          integer not null
) strict;
create index messages_by_customer on messages (customer_id, seq);

-- Webhooks that were not yet taken, and those of the future (planned statuses: `due_at` lies ahead).
-- In a lane they go out by (due_at, seq), and none before the one ahead of it was taken or given up.
create table outbox (
  seq             integer primary key autoincrement,
  phone_number_id text    not null references numbers (phone_number_id) on delete cascade,
  lane            text    not null,
  -- The exact bytes, so that a retry sends the same ones.
  body            text    not null,
  -- The customer's message that it tells of, whose tick waits for the answer.
  wamid           text,
  attempts        integer not null default 0,
  due_at          integer not null,
  next_at         integer not null
) strict;
create index outbox_by_lane on outbox (lane, due_at, seq);
create index outbox_by_number on outbox (phone_number_id);
create index outbox_by_next on outbox (next_at);
create index outbox_by_due on outbox (due_at);

-- The last phone number given out per series. Never reset: a number that was forgotten must not come back as somebody else.
create table series (
  name text    not null primary key,
  last integer not null
) strict;
