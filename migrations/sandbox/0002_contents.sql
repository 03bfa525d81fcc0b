-- What a message is beyond its text, as JSON; none of those from before.
alter table messages add column content text;
