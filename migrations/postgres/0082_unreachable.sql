-- Since when no connection to Meta has come about for an integration; null when it can be reached, or was never asked.
alter table integrations add column unreachable_since bigint;
