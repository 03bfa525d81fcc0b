-- Times are Unix milliseconds; ids are UUIDv7; words are those of src/domain.
-- The same file in ../sqlite has the same tables, column by column. From here on migrations only add.

-- People and workspaces

create table users (
  id            uuid   not null primary key,
  email         text   not null unique,
  name          text   not null,
  password_hash text   not null,
  -- A disabled person keeps everything but is let in nowhere. One who was removed has no membership either, and no address.
  disabled_at   bigint,
  created_at    bigint not null
);

create table workspaces (
  id         uuid   not null primary key,
  name       text   not null,
  created_at bigint not null
);

-- One row at most: it decides between people who make the first account at the same moment.
create table installation (
  only_one     int    not null primary key check (only_one = 1),
  workspace_id uuid   not null references workspaces (id),
  created_at   bigint not null
);

create table memberships (
  workspace_id uuid   not null references workspaces (id),
  user_id      uuid   not null references users (id),
  role         text   not null,
  created_at   bigint not null,
  primary key (workspace_id, user_id)
);
create index memberships_by_user on memberships (user_id);

-- Sign-in sessions, keyed by the SHA-256 of the cookie's id.
create table sessions (
  id_hash    bytea  not null primary key,
  user_id    uuid   references users (id) on delete cascade,
  data       text   not null,
  expires_at bigint not null
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table api_tokens (
  id           uuid   not null primary key,
  workspace_id uuid   not null references workspaces (id),
  user_id      uuid   not null references users (id) on delete cascade,
  name         text   not null,
  token_hash   bytea  not null unique,
  -- The end of a token, by which people tell theirs apart.
  last4        text,
  created_at   bigint not null,
  expires_at   bigint,
  last_used_at bigint,
  revoked_at   bigint
);

-- Failed sign-ins by account and by address (hashed), for the throttle. Strangers make as many as they like: old ones are
-- forgotten once a minute.
create table sign_in_failures (
  key_hash bytea  not null primary key,
  failures bigint not null,
  last_at  bigint not null
);
create index sign_in_failures_by_time on sign_in_failures (last_at);

-- Chatbots

create table chatbots (
  workspace_id      uuid   not null references workspaces (id),
  id                uuid   not null,
  name              text   not null,
  engine            text   not null,
  greeting          text   not null,
  fallback          text   not null,
  -- What it says to small talk and when people take over, in its owner's words. Empty: the built-in words, in the customer's
  -- language; a dash: nothing.
  hello             text   not null default '',
  thanks            text   not null default '',
  goodbye           text   not null default '',
  insult            text   not null default '',
  person            text   not null default '',
  -- After how many minutes without a person's word it has a conversation again; 0: never.
  idle_minutes      bigint not null default 720,
  knowledge_version bigint not null default 0,
  created_at        bigint not null,
  updated_at        bigint not null,
  primary key (workspace_id, id)
);
create index chatbots_idle on chatbots (workspace_id, id, idle_minutes) where idle_minutes > 0;

create table knowledge_items (
  workspace_id uuid   not null,
  id           uuid   not null,
  chatbot_id   uuid   not null,
  question     text   not null,
  answer       text   not null,
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, chatbot_id) references chatbots (workspace_id, id) on delete cascade
);
create index knowledge_items_by_chatbot on knowledge_items (workspace_id, chatbot_id);

-- Integrations

-- A chatbot's connection to an account of a channel; every chatbot has one with the website from its beginning. A deleted one
-- keeps its row without secrets, so that its callback goes on answering 200 for a week.
create table integrations (
  workspace_id        uuid    not null references workspaces (id),
  id                  uuid    not null,
  chatbot_id          uuid    not null,
  channel             text    not null,
  -- Whose servers are called.
  provider            text    not null,
  name                text    not null,
  -- How the provider names what is connected (a phone number id), and the account that it belongs to.
  external_key        text    not null,
  account_key         text    not null,
  -- What else the channel wants to know, as JSON. Nothing secret.
  settings            text    not null,
  -- Secrets, sealed.
  access_token        bytea,
  access_token_last4  text    not null,
  access_token_set_at bigint  not null,
  app_secret          bytea,
  app_secret_digest   bytea,
  app_secret_set_at   bigint  not null,
  verify_token        bytea,
  -- The provider has confirmed that the token is of the deployment-wide app and opens number and account, and when it did so
  -- last. That ends with every refusal, when the integration is stopped or switched off, and by age.
  app_proven          boolean not null default false,
  proven_at           bigint,
  active              boolean not null default true,
  error_reason        text,
  error_action        text,
  error_remedy        text,
  -- When the error was found: the background check does not wave a fresh one away.
  error_at            bigint,
  -- Since when no connection to the provider has come about; null when it can be reached, or was never asked.
  unreachable_since   bigint,
  -- What the provider says of it: the address that customers write to, the name that they see.
  address             text,
  display_name        text,
  quality             text,
  messaging_limit     text,
  ability             text,
  -- When the access token ends; null when never, or when that is not known.
  token_expires_at    bigint,
  checked_at          bigint,
  -- When the background check is next; whoever moves it on has the check.
  check_due_at        bigint  not null default 0,
  -- Hints at trouble ask for checks; when their allowance is whole again. Each check costs calls.
  hinted_until        bigint  not null default 0,
  last_webhook_at     bigint,
  last_inbound_at     bigint,
  last_outbound_at    bigint,
  -- Deliveries rejected for their signature: ever, and since the last good one.
  rejected_count      bigint  not null default 0,
  rejected_since      bigint  not null default 0,
  rejected_at         bigint,
  created_at          bigint  not null,
  updated_at          bigint  not null,
  deleted_at          bigint,
  -- Deleted with its conversations: connecting the number again begins afresh.
  erased_at           bigint,
  -- Its conversations are still being erased.
  erasing             boolean not null default false,
  primary key (workspace_id, id)
);
create index integrations_by_id on integrations (id);
create unique index integrations_key on integrations (workspace_id, external_key, channel) where deleted_at is null;
create unique index integrations_website on integrations (workspace_id, chatbot_id) where channel = 'web' and deleted_at is null;
create index integrations_by_account on integrations (account_key) where deleted_at is null;
create index integrations_by_chatbot on integrations (workspace_id, chatbot_id) where deleted_at is null;
create index integrations_deleted on integrations (workspace_id, external_key) where deleted_at is not null;
create index integrations_erasing on integrations (id) where erasing;
create index integrations_check_due on integrations (check_due_at) where deleted_at is null and channel <> 'web';
create index integrations_proven on integrations (external_key) where app_proven and deleted_at is null;

-- Contacts and conversations

create table contacts (
  workspace_id uuid   not null references workspaces (id),
  id           uuid   not null,
  name         text,
  username     text,
  phone        text,
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (workspace_id, id)
);

-- How channels know a contact. `scope` is the provider's account for user ids, else empty.
create table identities (
  workspace_id uuid   not null,
  kind         text   not null,
  scope        text   not null,
  value        text   not null,
  contact_id   uuid   not null,
  created_at   bigint not null,
  primary key (workspace_id, kind, scope, value),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index identities_by_contact on identities (workspace_id, contact_id);

create table conversations (
  workspace_id       uuid    not null references workspaces (id),
  id                 uuid    not null,
  chatbot_id         uuid    not null,
  integration_id     uuid    not null,
  contact_id         uuid    not null,
  channel            text    not null,
  session_id         text    not null,
  mode               text    not null,
  status             text    not null,
  -- Counts all messages: each has its place.
  last_seq           bigint  not null default 0,
  -- The place of the newest message that wants an answer, and of the newest that got one.
  inbound_seq        bigint  not null default 0,
  answered_seq       bigint  not null default 0,
  answer_due_at      bigint  not null default 0,
  answer_lease       uuid,
  answer_lease_until bigint  not null default 0,
  answer_failures    bigint  not null default 0,
  greeted            boolean not null default false,
  -- The place of the bot's last answer, and how fast and how alike the other side has replied to the last ones: two bots that
  -- answer each other are stopped by it.
  bot_seq            bigint  not null default 0,
  pace               text,
  -- How often in a row the bot did not know an answer since somebody or something helped.
  misses             bigint  not null default 0,
  -- The place of the bot's last word, when it handed the conversation over itself: up to there it may go out though people answer.
  parting_seq        bigint,
  -- Which person answers, in mode human: one of the workspace, or whoever holds the phone with the number. Neither: nobody yet.
  person_id          uuid,
  on_phone           boolean not null default false,
  -- When a person said something last, or the conversation came to people: the idle time of its chatbot counts from it.
  person_at          bigint  not null default 0,
  -- Since when the customer waits for a person; null: nobody waits.
  waiting_since      bigint,
  -- Who owns the customer's thread at the provider: us, other (its agent, another app) or unknown; and when that showed last.
  thread_owner       text    not null default 'unknown',
  thread_owner_at    bigint  not null default 0,
  -- Whom an answer goes to: the identity that wrote last.
  reply_wa_id        text,
  reply_user_id      text,
  -- The place of the message that began the open episode, of the first answer in it and of a person's first; 0: there is none. So
  -- what writes a message knows whether it is the first of its kind, without asking.
  episode_seq        bigint  not null default 0,
  episode_answer_seq bigint  not null default 0,
  episode_person_seq bigint  not null default 0,
  unread             bigint  not null default 0,
  preview            text    not null default '',
  preview_author     text    not null default 'contact',
  -- Who of the workspace wrote what the inbox shows.
  preview_user_id    uuid,
  last_message_at    bigint  not null,
  -- The customer's own time of their newest message: it opens the window. And when that came in.
  last_inbound_at    bigint,
  last_arrival_at    bigint  not null default 0,
  created_at         bigint  not null,
  updated_at         bigint  not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
create unique index conversations_place on conversations (workspace_id, integration_id, contact_id);
-- The inbox by channel and status: each pair of them in the order of the list. The list without a filter reads them side by side.
create index conversations_listed on conversations (workspace_id, channel, status, last_message_at, id);
create index conversations_newer on conversations (workspace_id, last_message_at, id)
  where channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved');
-- Whose a turn is stands in the index, so that those of chatbots with enough under way are passed by without a look at their rows.
create index conversations_unanswered on conversations (answer_due_at, chatbot_id) where mode = 'bot' and inbound_seq > answered_seq;
create index conversations_waiting on conversations (workspace_id, waiting_since, id) where waiting_since is not null;
create index conversations_idle on conversations (workspace_id, chatbot_id, person_at) where mode = 'human';

-- A conversation lasts for ever. What people measure is an episode of it: from a customer's first words, or their first after it was
-- resolved, until somebody resolves it.
-- Whoever deletes the conversation deletes them: a foreign key would lock its row once more for each customer who begins.
create table episodes (
  workspace_id           uuid    not null,
  id                     uuid    not null,
  conversation_id        uuid    not null,
  -- As they were when it began.
  chatbot_id             uuid    not null,
  integration_id         uuid    not null,
  channel                text    not null,
  opened_at              bigint  not null,
  opened_by              text    not null,
  -- The conversation had an episode before.
  reopening              boolean not null,
  first_answered_at      bigint,
  first_answered_by      text,
  first_answered_user_id uuid,
  first_person_at        bigint,
  -- None: somebody on the phone with the number.
  first_person_id        uuid,
  handed_over_at         bigint,
  handed_over_reason     text,
  resolved_at            bigint,
  resolved_by            text,
  resolved_user_id       uuid,
  primary key (workspace_id, conversation_id, id)
);
create unique index episodes_open on episodes (workspace_id, conversation_id) where resolved_at is null;

-- Messages

create table messages (
  workspace_id        uuid    not null,
  id                  uuid    not null,
  conversation_id     uuid    not null,
  integration_id      uuid    not null,
  -- The key of the integration when it came or was sent: within it the provider's ids are unique.
  external_key        text,
  channel             text    not null,
  direction           text    not null,
  author              text    not null,
  user_id             uuid,
  kind                text    not null,
  body                text    not null,
  -- What it holds besides its text, as JSON; none when it is all text.
  content             text,
  -- What came, as it came, for kinds that this version cannot show.
  payload             text,
  external_message_id text,
  client_id           uuid,
  seq                 bigint  not null,
  -- Whether the chatbot answers it.
  answerable          boolean not null default false,
  -- Nobody has to look at it: notices, and what somebody else answers.
  silent              boolean not null default false,
  state               text    not null,
  error_code          bigint,
  error               text,
  -- Why a conversation was handed over, on the line that says so.
  reason              text,
  -- Who goes first when a number may not send all at once: 0 answers, 1 what a person sends to several, 2 campaigns.
  class               bigint  not null default 0,
  attempts            bigint  not null default 0,
  next_attempt_at     bigint  not null default 0,
  lease               uuid,
  lease_until         bigint  not null default 0,
  at                  bigint  not null,
  created_at          bigint  not null,
  updated_at          bigint  not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create unique index messages_external on messages (workspace_id, external_key, external_message_id)
  where external_message_id is not null;
create unique index messages_client on messages (workspace_id, conversation_id, client_id) where client_id is not null;
create unique index messages_thread on messages (workspace_id, conversation_id, seq);
create index messages_due on messages (integration_id, class, next_attempt_at, id) where state = 'queued';
-- Whether anything but answers waits at all.
create index messages_later on messages (class) where state = 'queued' and class > 0;
create index messages_sending on messages (lease_until) where state = 'sending';
-- What holds up the later messages of its conversation.
create index messages_ahead on messages (conversation_id, seq) where state in ('queued', 'sending', 'unknown');
create index messages_failed on messages (integration_id, updated_at) where state = 'failed';

-- One row per try to send a message. Found by the message, and pruned by it, for ids are in the order of time.
create table attempts (
  workspace_id uuid   not null,
  id           uuid   not null,
  message_id   uuid   not null,
  started_at   bigint not null,
  finished_at  bigint,
  outcome      text,
  http_status  bigint,
  error_code   bigint,
  trace_id     text,
  primary key (workspace_id, message_id, id)
);

-- Every status report of a sent message, once.
create table message_statuses (
  workspace_id uuid   not null,
  message_id   uuid   not null,
  status       text   not null,
  at           bigint not null,
  error_code   bigint,
  error        text,
  primary key (workspace_id, message_id, status, at)
);

-- Reports on messages whose id is not known yet. Joined when it is saved; forgotten after 7 days.
create table parked_statuses (
  workspace_id        uuid   not null,
  external_key        text   not null,
  external_message_id text   not null,
  status              text   not null,
  at                  bigint not null,
  error_code          bigint,
  error               text,
  created_at          bigint not null,
  primary key (workspace_id, external_key, external_message_id, status, at)
);
create index parked_statuses_by_age on parked_statuses (created_at);

-- What comes in

-- Webhook POSTs as received. The deployment-wide path has no integration and no workspace.
create table deliveries (
  id             uuid   not null primary key,
  workspace_id   uuid,
  integration_id uuid,
  channel        text   not null,
  size           bigint not null,
  state          text   not null,
  received_at    bigint not null,
  lease          uuid,
  lease_until    bigint not null default 0,
  attempts       bigint not null default 0,
  -- How often a process died with it in hand. One that ends the server each time must not do so for ever.
  cut_off        bigint not null default 0,
  items          bigint not null default 0,
  dropped        bigint not null default 0
);
create index deliveries_waiting on deliveries (id) where state = 'waiting';
create index deliveries_working on deliveries (lease_until) where state = 'working';
-- They come in for every integration in turn: an index of all would be written all over for each transaction of intake. Only what
-- was worked off is in it.
create index deliveries_done on deliveries (integration_id, id) where state = 'done' and integration_id is not null;

-- Bodies apart from the queue: written once, and not again with each step that a delivery takes.
create table delivery_bodies (
  id   uuid  not null primary key,
  body bytea not null
);

-- Which integrations a delivery on the deployment-wide path held something for.
create table delivery_routes (
  workspace_id   uuid   not null,
  integration_id uuid   not null,
  delivery_id    uuid   not null,
  created_at     bigint not null,
  primary key (workspace_id, integration_id, delivery_id)
);
create index delivery_routes_by_age on delivery_routes (created_at);

-- An item may be for several integrations (of workspaces that share a number): each gets its own dead letter.
create table dead_letters (
  id             uuid   not null primary key,
  workspace_id   uuid,
  integration_id uuid,
  delivery_id    uuid   not null,
  -- The item's place in its delivery; the whole delivery is ''.
  item           text   not null,
  reason         text   not null,
  payload        text   not null,
  -- Whose an item of the deployment-wide path would be, if it was nobody's when it came.
  external_key   text,
  account_key    text,
  created_at     bigint not null
);
create unique index dead_letters_of_each on dead_letters (delivery_id, item, integration_id) where integration_id is not null;
create unique index dead_letters_of_nobody on dead_letters (delivery_id, item) where integration_id is null;
create index dead_letters_newest on dead_letters (workspace_id, integration_id, id);
create index dead_letters_unclaimed on dead_letters (external_key, account_key) where workspace_id is null;
create index dead_letters_by_age on dead_letters (created_at);

-- What was acknowledged but means nothing to this version, by field and type.
create table webhook_counts (
  workspace_id   uuid   not null,
  integration_id uuid   not null,
  what           text   not null,
  count          bigint not null,
  last_at        bigint not null,
  primary key (workspace_id, integration_id, what)
);

-- What is to be erased by somebody's order, until nothing of it is left. Large ones take a while, and go on after a start.
create table erasures (
  workspace_id uuid   not null references workspaces (id),
  id           uuid   not null,
  kind         text   not null,
  -- A conversation, a chatbot (its website's history), or with copies an integration (every one of the workspace when it is nil).
  subject_id   uuid   not null,
  -- What came later stays: a place in the conversation, else a time.
  upto         bigint not null,
  -- The names by which copies are found, as a JSON list.
  names        text   not null,
  created_at   bigint not null,
  primary key (workspace_id, id)
);

-- What happened

-- Who did what that people may have to answer for. Rows are added, and neither changed nor taken away, so they belong to no other
-- table: what they tell of may be gone.
create table audit_entries (
  workspace_id uuid   not null,
  id           uuid   not null,
  at           bigint not null,
  actor        text   not null,
  user_id      uuid,
  token_id     uuid,
  action       text   not null,
  subject      text   not null,
  subject_id   uuid   not null,
  detail       text   not null,
  primary key (workspace_id, id)
);
create index audit_entries_by_time on audit_entries (workspace_id, at, id);
create index audit_entries_by_person on audit_entries (workspace_id, user_id, at, id);
create index audit_entries_by_action on audit_entries (workspace_id, action, at, id);

-- Nodes

-- By name. Leases end with the number of their node: one that comes back frees what it had left.
create table nodes (
  name       text   not null primary key,
  number     bigint not null unique,
  started_at bigint not null
);

-- What open pages are told, kept for a day. Ids become visible out of order here: readers go by (xact, id).
create table events (
  id           bigint generated always as identity primary key,
  xact         bigint not null default (pg_current_xact_id()::text::bigint),
  workspace_id uuid   not null,
  payload      text   not null,
  created_at   bigint not null
);
create index events_by_xact on events (xact, id);
