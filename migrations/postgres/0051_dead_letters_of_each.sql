-- An item may be for several integrations (of workspaces that share a number): each gets its own dead letter.
alter table dead_letters drop constraint dead_letters_delivery_id_item_key;
create unique index dead_letters_of_each on dead_letters (delivery_id, item, integration_id) where integration_id is not null;
create unique index dead_letters_of_nobody on dead_letters (delivery_id, item) where integration_id is null;
