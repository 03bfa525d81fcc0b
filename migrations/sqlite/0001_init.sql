-- Times are Unix milliseconds; ids are UUIDv7 as 16 bytes; words are those of src/domain.
-- The same file in ../postgres has the same tables, column by column. From here on migrations only add.

-- People and workspaces

create table users (
  id            blob    not null primary key,
  email         text    not null unique,
  name          text    not null,
  password_hash text    not null,
  -- A disabled person keeps everything but is let in nowhere. One who was removed has no membership either, and no address.
  disabled_at   integer,
  created_at    integer not null
) strict;

create table workspaces (
  id         blob    not null primary key,
  name       text    not null,
  created_at integer not null
) strict;

-- One row at most: it decides between people who make the first account at the same moment.
create table installation (
  only_one     integer not null primary key check (only_one = 1),
  workspace_id blob    not null references workspaces (id),
  created_at   integer not null
) strict;

create table memberships (
  workspace_id blob    not null references workspaces (id),
  user_id      blob    not null references users (id),
  role         text    not null,
  created_at   integer not null,
  primary key (workspace_id, user_id)
) strict;
create index memberships_by_user on memberships (user_id);

-- Sign-in sessions, keyed by the SHA-256 of the cookie's id.
create table sessions (
  id_hash    blob    not null primary key,
  user_id    blob    references users (id) on delete cascade,
  data       text    not null,
  expires_at integer not null
) strict;
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table api_tokens (
  id           blob    not null primary key,
  workspace_id blob    not null references workspaces (id),
  user_id      blob    not null references users (id) on delete cascade,
  name         text    not null,
  token_hash   blob    not null unique,
  -- The end of a token, by which people tell theirs apart.
  last4        text,
  created_at   integer not null,
  expires_at   integer,
  last_used_at integer,
  revoked_at   integer
) strict;

-- Failed sign-ins by account and by address (hashed), for the throttle. Strangers make as many as they like: old ones are
-- forgotten once a minute.
create table sign_in_failures (
  key_hash blob    not null primary key,
  failures integer not null,
  last_at  integer not null
) strict;
create index sign_in_failures_by_time on sign_in_failures (last_at);

-- Chatbots

create table chatbots (
  workspace_id      blob    not null references workspaces (id),
  id                blob    not null,
  name              text    not null,
  engine            text    not null,
  greeting          text    not null,
  fallback          text    not null,
  -- What it says to small talk and when people take over, in its owner's words. Empty: the built-in words, in the customer's
  -- language; a dash: nothing.
  hello             text    not null default '',
  thanks            text    not null default '',
  goodbye           text    not null default '',
  insult            text    not null default '',
  person            text    not null default '',
  -- After how many minutes without a person's word it has a conversation again; 0: never.
  idle_minutes      integer not null default 720,
  knowledge_version integer not null default 0,
  created_at        integer not null,
  updated_at        integer not null,
  primary key (workspace_id, id)
) strict;
create index chatbots_idle on chatbots (workspace_id, id, idle_minutes) where idle_minutes > 0;

create table knowledge_items (
  workspace_id blob    not null,
  id           blob    not null,
  chatbot_id   blob    not null,
  question     text    not null,
  answer       text    not null,
  created_at   integer not null,
  updated_at   integer not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, chatbot_id) references chatbots (workspace_id, id) on delete cascade
) strict;
create index knowledge_items_by_chatbot on knowledge_items (workspace_id, chatbot_id);

-- Integrations

-- A chatbot's connection to an account of a channel; every chatbot has one with the website from its beginning. A deleted one
-- keeps its row without secrets, so that its callback goes on answering 200 for a week.
create table integrations (
  workspace_id        blob    not null references workspaces (id),
  id                  blob    not null,
  chatbot_id          blob    not null,
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
  access_token        blob,
  access_token_last4  text    not null,
  access_token_set_at integer not null,
  app_secret          blob,
  app_secret_digest   blob,
  app_secret_set_at   integer not null,
  verify_token        blob,
  -- The provider has confirmed that the token is of the deployment-wide app and opens number and account, and when it did so
  -- last. That ends with every refusal, when the integration is stopped or switched off, and by age.
  app_proven          integer not null default 0,
  proven_at           integer,
  active              integer not null default 1,
  error_reason        text,
  error_action        text,
  error_remedy        text,
  -- When the error was found: the background check does not wave a fresh one away.
  error_at            integer,
  -- Since when no connection to the provider has come about; null when it can be reached, or was never asked.
  unreachable_since   integer,
  -- What the provider says of it: the address that customers write to, the name that they see.
  address             text,
  display_name        text,
  quality             text,
  messaging_limit     text,
  ability             text,
  -- When the access token ends; null when never, or when that is not known.
  token_expires_at    integer,
  checked_at          integer,
  -- When the background check is next; whoever moves it on has the check.
  check_due_at        integer not null default 0,
  -- Hints at trouble ask for checks; when their allowance is whole again. Each check costs calls.
  hinted_until        integer not null default 0,
  last_webhook_at     integer,
  last_inbound_at     integer,
  last_outbound_at    integer,
  -- Deliveries rejected for their signature: ever, and since the last good one.
  rejected_count      integer not null default 0,
  rejected_since      integer not null default 0,
  rejected_at         integer,
  created_at          integer not null,
  updated_at          integer not null,
  deleted_at          integer,
  -- Deleted with its conversations: connecting the number again begins afresh.
  erased_at           integer,
  -- Its conversations are still being erased.
  erasing             integer not null default 0,
  primary key (workspace_id, id)
) strict;
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
  workspace_id blob    not null references workspaces (id),
  id           blob    not null,
  name         text,
  username     text,
  phone        text,
  created_at   integer not null,
  updated_at   integer not null,
  primary key (workspace_id, id)
) strict;

-- How channels know a contact. `scope` is the provider's account for user ids, else empty.
create table identities (
  workspace_id blob    not null,
  kind         text    not null,
  scope        text    not null,
  value        text    not null,
  contact_id   blob    not null,
  created_at   integer not null,
  primary key (workspace_id, kind, scope, value),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
) strict;
create index identities_by_contact on identities (workspace_id, contact_id);

create table conversations (
  workspace_id       blob    not null references workspaces (id),
  id                 blob    not null,
  chatbot_id         blob    not null,
  integration_id     blob    not null,
  contact_id         blob    not null,
  channel            text    not null,
  session_id         text    not null,
  mode               text    not null,
  status             text    not null,
  -- Counts all messages: each has its place.
  last_seq           integer not null default 0,
  -- The place of the newest message that wants an answer, and of the newest that got one.
  inbound_seq        integer not null default 0,
  answered_seq       integer not null default 0,
  answer_due_at      integer not null default 0,
  answer_lease       blob,
  answer_lease_until integer not null default 0,
  answer_failures    integer not null default 0,
  greeted            integer not null default 0,
  -- The place of the bot's last answer, and how fast and how alike the other side has replied to the last ones: two bots that
  -- answer each other are stopped by it.
  bot_seq            integer not null default 0,
  pace               text,
  -- How often in a row the bot did not know an answer since somebody or something helped.
  misses             integer not null default 0,
  -- The place of the bot's last word, when it handed the conversation over itself: up to there it may go out though people answer.
  parting_seq        integer,
  -- Which person answers, in mode human: one of the workspace, or whoever holds the phone with the number. Neither: nobody yet.
  person_id          blob,
  on_phone           integer not null default 0,
  -- When a person said something last, or the conversation came to people: the idle time of its chatbot counts from it.
  person_at          integer not null default 0,
  -- Since when the customer waits for a person; null: nobody waits.
  waiting_since      integer,
  -- Who owns the customer's thread at the provider: us, other (its agent, another app) or unknown; and when that showed last.
  thread_owner       text    not null default 'unknown',
  thread_owner_at    integer not null default 0,
  -- Whom an answer goes to: the identity that wrote last.
  reply_wa_id        text,
  reply_user_id      text,
  -- The place of the message that began the open episode, of the first answer in it and of a person's first; 0: there is none. So
  -- what writes a message knows whether it is the first of its kind, without asking.
  episode_seq        integer not null default 0,
  episode_answer_seq integer not null default 0,
  episode_person_seq integer not null default 0,
  unread             integer not null default 0,
  preview            text    not null default '',
  preview_author     text    not null default 'contact',
  -- Who of the workspace wrote what the inbox shows.
  preview_user_id    blob,
  last_message_at    integer not null,
  -- The customer's own time of their newest message: it opens the window. And when that came in.
  last_inbound_at    integer,
  last_arrival_at    integer not null default 0,
  created_at         integer not null,
  updated_at         integer not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
) strict;
create unique index conversations_place on conversations (workspace_id, integration_id, contact_id);
-- The inbox by channel and status: each pair of them in the order of the list. The list without a filter reads them side by side.
create index conversations_listed on conversations (workspace_id, channel, status, last_message_at, id);
create index conversations_newer on conversations (workspace_id, last_message_at, id)
  where channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved');
-- Whose a turn is stands in the index, so that those of chatbots with enough under way are passed by without a look at their rows.
create index conversations_unanswered on conversations (answer_due_at, chatbot_id) where mode = 'bot' and inbound_seq > answered_seq;
create index conversations_waiting on conversations (workspace_id, waiting_since, id) where waiting_since is not null;
create index conversations_idle on conversations (workspace_id, chatbot_id, person_at) where mode = 'human';
-- Whether a contact has any conversation left. (PostgreSQL would write this index with every message, and erasing there holds
-- up nobody while it looks.)
create index conversations_by_contact on conversations (workspace_id, contact_id);

-- A conversation lasts for ever. What people measure is an episode of it: from a customer's first words, or their first after it was
-- resolved, until somebody resolves it.
-- Whoever deletes the conversation deletes them: a foreign key would lock its row once more for each customer who begins.
create table episodes (
  workspace_id           blob    not null,
  id                     blob    not null,
  conversation_id        blob    not null,
  -- As they were when it began.
  chatbot_id             blob    not null,
  integration_id         blob    not null,
  channel                text    not null,
  opened_at              integer not null,
  opened_by              text    not null,
  -- The conversation had an episode before.
  reopening              integer not null,
  first_answered_at      integer,
  first_answered_by      text,
  first_answered_user_id blob,
  first_person_at        integer,
  -- None: somebody on the phone with the number.
  first_person_id        blob,
  handed_over_at         integer,
  handed_over_reason     text,
  resolved_at            integer,
  resolved_by            text,
  resolved_user_id       blob,
  primary key (workspace_id, conversation_id, id)
) strict, without rowid;
create unique index episodes_open on episodes (workspace_id, conversation_id) where resolved_at is null;

-- Messages

create table messages (
  workspace_id        blob    not null,
  id                  blob    not null,
  conversation_id     blob    not null,
  integration_id      blob    not null,
  -- The key of the integration when it came or was sent: within it the provider's ids are unique.
  external_key        text,
  channel             text    not null,
  direction           text    not null,
  author              text    not null,
  user_id             blob,
  kind                text    not null,
  body                text    not null,
  -- What it holds besides its text, as JSON; none when it is all text.
  content             text,
  -- What came, as it came, for kinds that this version cannot show.
  payload             text,
  external_message_id text,
  client_id           blob,
  seq                 integer not null,
  -- Whether the chatbot answers it.
  answerable          integer not null default 0,
  -- Nobody has to look at it: notices, and what somebody else answers.
  silent              integer not null default 0,
  state               text    not null,
  error_code          integer,
  error               text,
  -- Why a conversation was handed over, on the line that says so.
  reason              text,
  -- Who goes first when a number may not send all at once: 0 answers, 1 what a person sends to several, 2 campaigns.
  class               integer not null default 0,
  attempts            integer not null default 0,
  next_attempt_at     integer not null default 0,
  lease               blob,
  lease_until         integer not null default 0,
  at                  integer not null,
  created_at          integer not null,
  updated_at          integer not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
) strict;
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

-- Every status report of a sent message, once.
create table message_statuses (
  workspace_id blob    not null,
  message_id   blob    not null,
  status       text    not null,
  at           integer not null,
  error_code   integer,
  error        text,
  primary key (workspace_id, message_id, status, at)
) strict;

-- Reports on messages whose id is not known yet. Joined when it is saved; forgotten after 7 days.
create table parked_statuses (
  workspace_id        blob    not null,
  external_key        text    not null,
  external_message_id text    not null,
  status              text    not null,
  at                  integer not null,
  error_code          integer,
  error               text,
  created_at          integer not null,
  primary key (workspace_id, external_key, external_message_id, status, at)
) strict;
create index parked_statuses_by_age on parked_statuses (created_at);

-- What comes in

-- Webhook POSTs as received. The deployment-wide path has no integration and no workspace.
create table deliveries (
  id             blob    not null primary key,
  workspace_id   blob,
  integration_id blob,
  channel        text    not null,
  size           integer not null,
  state          text    not null,
  received_at    integer not null,
  lease          blob,
  lease_until    integer not null default 0,
  attempts       integer not null default 0,
  -- How often a process died with it in hand. One that ends the server each time must not do so for ever.
  cut_off        integer not null default 0,
  items          integer not null default 0,
  dropped        integer not null default 0
) strict;
create index deliveries_waiting on deliveries (id) where state = 'waiting';
create index deliveries_working on deliveries (lease_until) where state = 'working';
-- They come in for every integration in turn: an index of all would be written all over for each transaction of intake. Only what
-- was worked off is in it.
create index deliveries_done on deliveries (integration_id, id) where state = 'done' and integration_id is not null;

-- Bodies apart from the queue: written once, and not again with each step that a delivery takes.
create table delivery_bodies (
  id   blob not null primary key,
  body blob not null
) strict;

-- Which integrations a delivery on the deployment-wide path held something for.
create table delivery_routes (
  workspace_id   blob    not null,
  integration_id blob    not null,
  delivery_id    blob    not null,
  created_at     integer not null,
  primary key (workspace_id, integration_id, delivery_id)
) strict;
create index delivery_routes_by_age on delivery_routes (created_at);

-- An item may be for several integrations (of workspaces that share a number): each gets its own dead letter.
create table dead_letters (
  id             blob    not null primary key,
  workspace_id   blob,
  integration_id blob,
  delivery_id    blob    not null,
  -- The item's place in its delivery; the whole delivery is ''.
  item           text    not null,
  reason         text    not null,
  payload        text    not null,
  -- Whose an item of the deployment-wide path would be, if it was nobody's when it came.
  external_key   text,
  account_key    text,
  created_at     integer not null
) strict;
create unique index dead_letters_of_each on dead_letters (delivery_id, item, integration_id) where integration_id is not null;
create unique index dead_letters_of_nobody on dead_letters (delivery_id, item) where integration_id is null;
create index dead_letters_newest on dead_letters (workspace_id, integration_id, id);
create index dead_letters_unclaimed on dead_letters (external_key, account_key) where workspace_id is null;
create index dead_letters_by_age on dead_letters (created_at);

-- What was acknowledged but means nothing to this version, by field and type.
create table webhook_counts (
  workspace_id   blob    not null,
  integration_id blob    not null,
  what           text    not null,
  count          integer not null,
  last_at        integer not null,
  primary key (workspace_id, integration_id, what)
) strict;

-- What is to be erased by somebody's order, until nothing of it is left. Large ones take a while, and go on after a start.
create table erasures (
  workspace_id blob    not null references workspaces (id),
  id           blob    not null,
  kind         text    not null,
  -- A conversation, a chatbot (its website's history), or with copies an integration (every one of the workspace when it is nil).
  subject_id   blob    not null,
  -- What came later stays: a place in the conversation, else a time.
  upto         integer not null,
  -- The names by which copies are found, as a JSON list.
  names        text    not null,
  created_at   integer not null,
  primary key (workspace_id, id)
) strict;

-- What happened

-- Who did what that people may have to answer for. Rows are added, and neither changed nor taken away, so they belong to no other
-- table: what they tell of may be gone.
create table audit_entries (
  workspace_id blob    not null,
  id           blob    not null,
  at           integer not null,
  actor        text    not null,
  user_id      blob,
  token_id     blob,
  action       text    not null,
  subject      text    not null,
  subject_id   blob    not null,
  detail       text    not null,
  primary key (workspace_id, id)
) strict;
create index audit_entries_by_time on audit_entries (workspace_id, at, id);
create index audit_entries_by_person on audit_entries (workspace_id, user_id, at, id);
create index audit_entries_by_action on audit_entries (workspace_id, action, at, id);

-- Nodes

-- By name. Leases end with the number of their node: one that comes back frees what it had left.
create table nodes (
  name       text    not null primary key,
  number     integer not null unique,
  started_at integer not null
) strict;

-- What open pages are told, kept for a day. `xact` orders commits on PostgreSQL; here the id does.
create table events (
  id           integer not null primary key autoincrement,
  xact         integer not null default 0,
  workspace_id blob    not null,
  payload      text    not null,
  created_at   integer not null
) strict;
