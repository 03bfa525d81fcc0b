-- Deliveries come in for every integration in turn, so an index by integration has to be written all over for each
-- transaction of intake. Only what was worked off is in it.
drop index deliveries_by_integration;
create index deliveries_done on deliveries (integration_id, id) where state = 'done' and integration_id is not null;
