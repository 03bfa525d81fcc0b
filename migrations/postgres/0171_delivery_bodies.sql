-- Bodies apart from the queue: written once, and not again with each step that a delivery takes.
create table delivery_bodies (
  id   uuid  not null primary key,
  body bytea not null
);
insert into delivery_bodies select id, body from deliveries;
alter table deliveries drop column body;
