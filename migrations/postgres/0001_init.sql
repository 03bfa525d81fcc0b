-- Times are Unix milliseconds; ids are UUIDv7; words are those of src/domain.
-- The same file in ../sqlite has the same tables, column by column.

create table users (
  id            uuid    not null primary key,
  email         text    not null unique,
  name          text    not null,
  password_hash text    not null,
  created_at    bigint not null
);

create table workspaces (
  id         uuid    not null primary key,
  name       text    not null,
  created_at bigint not null
);

-- One row at most: it decides between people who make the first account at the same moment.
create table installation (
  only_one     int not null primary key check (only_one = 1),
  workspace_id uuid    not null references workspaces (id),
  created_at   bigint not null
);

create table memberships (
  workspace_id uuid    not null references workspaces (id),
  user_id      uuid    not null references users (id),
  role         text    not null,
  created_at   bigint not null,
  primary key (workspace_id, user_id)
);
create index memberships_by_user on memberships (user_id);

-- Sign-in sessions, keyed by the SHA-256 of the cookie's id.
create table sessions (
  id_hash    bytea    not null primary key,
  user_id    uuid    references users (id) on delete cascade,
  data       text    not null,
  expires_at bigint not null
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table api_tokens (
  id           uuid    not null primary key,
  workspace_id uuid    not null references workspaces (id),
  user_id      uuid    not null references users (id) on delete cascade,
  name         text    not null,
  token_hash   bytea    not null unique,
  created_at   bigint not null,
  expires_at   bigint,
  last_used_at bigint,
  revoked_at   bigint
);

-- Failed sign-ins by account and by address (hashed), for the throttle.
create table sign_in_failures (
  key_hash bytea    not null primary key,
  failures bigint not null,
  last_at  bigint not null
);

create table chatbots (
  workspace_id      uuid    not null references workspaces (id),
  id                uuid    not null,
  name              text    not null,
  engine            text    not null,
  greeting          text    not null,
  fallback          text    not null,
  knowledge_version bigint not null default 0,
  created_at        bigint not null,
  updated_at        bigint not null,
  primary key (workspace_id, id)
);
create index chatbots_by_id on chatbots (id);

create table knowledge_items (
  workspace_id uuid    not null,
  id           uuid    not null,
  chatbot_id   uuid    not null,
  question     text    not null,
  answer       text    not null,
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, chatbot_id) references chatbots (workspace_id, id) on delete cascade
);
create index knowledge_items_by_chatbot on knowledge_items (workspace_id, chatbot_id);

-- A deleted integration keeps its row without secrets, so that its callback goes on answering 200 for a week.
create table integrations (
  workspace_id          uuid    not null references workspaces (id),
  id                    uuid    not null,
  chatbot_id            uuid    not null,
  name                  text    not null,
  provider              text    not null,
  phone_number_id       text    not null,
  business_account_id   text    not null,
  app_id                text,
  access_token          bytea,
  access_token_last4    text    not null,
  access_token_set_at   bigint not null,
  app_secret            bytea,
  app_secret_digest     bytea,
  app_secret_set_at     bigint not null,
  verify_token          bytea,
  app_proven            boolean not null default false,
  active                boolean not null default true,
  error_reason          text,
  error_action          text,
  display_phone_number  text,
  verified_name         text,
  last_webhook_at       bigint,
  last_inbound_at       bigint,
  last_outbound_at      bigint,
  rejected_count        bigint not null default 0,
  rejected_at           bigint,
  created_at            bigint not null,
  updated_at            bigint not null,
  deleted_at            bigint,
  primary key (workspace_id, id)
);
create index integrations_by_id on integrations (id);
create unique index integrations_number on integrations (workspace_id, phone_number_id) where deleted_at is null;
create index integrations_by_number on integrations (phone_number_id) where deleted_at is null;
create index integrations_by_account on integrations (business_account_id) where deleted_at is null;
create index integrations_by_chatbot on integrations (workspace_id, chatbot_id) where deleted_at is null;

create table contacts (
  workspace_id uuid    not null references workspaces (id),
  id           uuid    not null,
  name         text,
  username     text,
  phone        text,
  created_at   bigint not null,
  updated_at   bigint not null,
  primary key (workspace_id, id)
);

-- How channels know a contact. `scope` is the WhatsApp Business Account for user ids, else empty.
create table identities (
  workspace_id uuid    not null,
  kind         text    not null,
  scope        text    not null,
  value        text    not null,
  contact_id   uuid    not null,
  created_at   bigint not null,
  primary key (workspace_id, kind, scope, value),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade
);
create index identities_by_contact on identities (workspace_id, contact_id);

create table conversations (
  workspace_id    uuid    not null references workspaces (id),
  id              uuid    not null,
  chatbot_id      uuid    not null,
  integration_id  uuid,
  contact_id      uuid    not null,
  channel         text    not null,
  session_id      text    not null,
  mode            text    not null,
  status          text    not null,
  -- Counts all messages: each has its place.
  last_seq        bigint not null default 0,
  -- The place of the newest message that wants an answer, and of the newest that got one.
  inbound_seq     bigint not null default 0,
  answered_seq    bigint not null default 0,
  answer_due_at   bigint not null default 0,
  answer_lease    uuid,
  answer_lease_until bigint not null default 0,
  answer_failures bigint not null default 0,
  greeted         boolean not null default false,
  unread          bigint not null default 0,
  preview         text    not null default '',
  preview_author  text    not null default 'contact',
  preview_state   text    not null default 'received',
  last_message_at bigint not null,
  -- The customer's own time of their newest message: it opens the window.
  last_inbound_at bigint,
  created_at      bigint not null,
  updated_at      bigint not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
create unique index conversations_whatsapp on conversations (workspace_id, integration_id, contact_id) where integration_id is not null;
create unique index conversations_web on conversations (workspace_id, chatbot_id, contact_id) where integration_id is null and channel = 'web';
create index conversations_inbox on conversations (workspace_id, last_message_at, id);
create index conversations_unanswered on conversations (answer_due_at) where mode = 'bot' and inbound_seq > answered_seq;

create table messages (
  workspace_id        uuid    not null,
  id                  uuid    not null,
  conversation_id     uuid    not null,
  integration_id      uuid,
  phone_number_id     text,
  channel             text    not null,
  direction           text    not null,
  author              text    not null,
  user_id             uuid,
  kind                text    not null,
  body                text    not null,
  -- What came, as it came, for kinds that this version cannot show.
  payload             text,
  external_message_id text,
  client_id           uuid,
  seq                 bigint not null,
  -- Whether the chatbot answers it.
  answerable          boolean not null default false,
  state               text    not null,
  error_code          bigint,
  error               text,
  attempts            bigint not null default 0,
  next_attempt_at     bigint not null default 0,
  lease               uuid,
  lease_until         bigint not null default 0,
  at                  bigint not null,
  created_at          bigint not null,
  updated_at          bigint not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create unique index messages_external on messages (workspace_id, phone_number_id, external_message_id)
  where external_message_id is not null;
create unique index messages_client on messages (workspace_id, conversation_id, client_id) where client_id is not null;
create unique index messages_thread on messages (workspace_id, conversation_id, seq);
create index messages_by_id on messages (id) where direction = 'outbound';
create index messages_due on messages (integration_id, next_attempt_at, id) where state = 'queued';
create index messages_sending on messages (lease_until) where state = 'sending';
-- What holds up the later messages of its conversation.
create index messages_ahead on messages (conversation_id, seq) where state in ('queued', 'sending', 'unknown');

-- One row per try to send a message.
create table attempts (
  workspace_id uuid    not null,
  id           uuid    not null,
  message_id   uuid    not null,
  started_at   bigint not null,
  finished_at  bigint,
  outcome      text,
  http_status  bigint,
  error_code   bigint,
  trace_id     text,
  primary key (workspace_id, id)
);
create index attempts_by_message on attempts (workspace_id, message_id);

-- Every status report of a sent message, once.
create table message_statuses (
  workspace_id uuid    not null,
  message_id   uuid    not null,
  status       text    not null,
  at           bigint not null,
  error_code   bigint,
  error        text,
  primary key (workspace_id, message_id, status, at)
);

-- Reports on messages whose id is not known yet. Joined when it is saved; forgotten after 7 days.
create table parked_statuses (
  workspace_id        uuid    not null,
  phone_number_id     text    not null,
  external_message_id text    not null,
  status              text    not null,
  at                  bigint not null,
  error_code          bigint,
  error               text,
  created_at          bigint not null,
  primary key (workspace_id, phone_number_id, external_message_id, status, at)
);
create index parked_statuses_by_age on parked_statuses (created_at);

-- Webhook POSTs as received. The deployment-wide path has no integration and no workspace.
create table deliveries (
  id             uuid    not null primary key,
  workspace_id   uuid,
  integration_id uuid,
  body           bytea    not null,
  size           bigint not null,
  state          text    not null,
  received_at    bigint not null,
  lease          uuid,
  lease_until    bigint not null default 0,
  attempts       bigint not null default 0,
  items          bigint not null default 0,
  dropped        bigint not null default 0
);
create index deliveries_waiting on deliveries (id) where state = 'waiting';
create index deliveries_working on deliveries (lease_until) where state = 'working';

create table dead_letters (
  id             uuid    not null primary key,
  workspace_id   uuid,
  integration_id uuid,
  delivery_id    uuid    not null,
  -- The item's place in its delivery; the whole delivery is ''.
  item           text    not null,
  reason         text    not null,
  payload        text    not null,
  created_at     bigint not null,
  unique (delivery_id, item)
);
create index dead_letters_by_integration on dead_letters (workspace_id, integration_id);

-- What was acknowledged but means nothing to this version, by field and type.
create table webhook_counts (
  workspace_id   uuid    not null,
  integration_id uuid    not null,
  what           text    not null,
  count          bigint not null,
  last_at        bigint not null,
  primary key (workspace_id, integration_id, what)
);

-- What open pages are told, kept for a day. Ids become visible out of order here: readers go by (xact, id).
create table events (
  id           bigint generated always as identity primary key,
  xact         bigint  not null default (pg_current_xact_id()::text::bigint),
  workspace_id uuid    not null,
  payload      text    not null,
  created_at   bigint not null
);
create index events_by_age on events (created_at);
create index events_by_xact on events (xact, id);
