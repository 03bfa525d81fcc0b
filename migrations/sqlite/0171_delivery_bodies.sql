-- Bodies apart from the queue: written once, and not again with each step that a delivery takes.
create table delivery_bodies (
  id   blob not null primary key,
  body blob not null
) strict;
insert into delivery_bodies select id, body from deliveries;
alter table deliveries drop column body;
