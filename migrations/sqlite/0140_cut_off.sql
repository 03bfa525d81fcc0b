-- How often a process died with a delivery in hand. One that ends the server each time must not do so for ever.
alter table deliveries add column cut_off integer not null default 0;
