-- Contacts as records: what people note of a customer beside what the channel says.

-- The name is one that people gave: what the channel calls them changes it no more.
alter table contacts add column named boolean not null default false;
-- Whether they agreed to be written to (unknown, opted_in, opted_out), since when, where that comes from, and its proof.
alter table contacts add column consent text not null default 'unknown';
alter table contacts add column consent_at bigint;
alter table contacts add column consent_source text not null default '';
alter table contacts add column consent_proof text not null default '';
-- Since when what they write is kept without calling anybody.
alter table contacts add column blocked_at bigint;

-- What a name begins with, in any case, in the order of the list.
create index contacts_by_name on contacts (workspace_id, (lower(name) collate "C"), id);
create index contacts_by_username on contacts (workspace_id, (lower(username) collate "C"), id);
create index contacts_blocked on contacts (workspace_id, id) where blocked_at is not null;
create index contacts_opted_out on contacts (workspace_id, id) where consent = 'opted_out';

-- Fields that a workspace has made for its contacts.
create table contact_fields (
  workspace_id uuid    not null references workspaces (id),
  id           uuid    not null,
  -- What programs and files call it.
  key          text    not null,
  label        text    not null,
  -- text, number, date or choice
  kind         text    not null,
  -- Of a choice: a list of texts, as JSON.
  choices      text    not null default '[]',
  created_at   bigint not null,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);

-- Their values. They go with the contact, and with the field.
create table contact_values (
  workspace_id uuid not null,
  contact_id   uuid not null,
  field_id     uuid not null,
  value        text not null,
  primary key (workspace_id, contact_id, field_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, field_id) references contact_fields (workspace_id, id) on delete cascade
);
-- For filters, and for the end of a field.
create index contact_values_by_field on contact_values (workspace_id, field_id, value, contact_id);

-- Integrations that are asked whether they have something to send: a website never has.
create index integrations_sending on integrations (id) where deleted_at is null and channel <> 'web';
