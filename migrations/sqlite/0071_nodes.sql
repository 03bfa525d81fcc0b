-- Nodes by name. Leases end with the number of their node: one that comes back frees what it had left.
create table nodes (
  name       text    not null primary key,
  number     integer not null unique,
  started_at integer not null
) strict;
