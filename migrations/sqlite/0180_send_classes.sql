-- Who goes first when a number may not send all at once: 0 answers, 1 what a person sends to several, 2 campaigns.
alter table messages add column class integer not null default 0;
drop index messages_due;
create index messages_due on messages (integration_id, class, next_attempt_at, id) where state = 'queued';
-- Whether anything but answers waits at all.
create index messages_later on messages (class) where state = 'queued' and class > 0;
