-- A disabled person keeps everything but is let in nowhere. One who was removed has no membership either, and no address.
alter table users add column disabled_at bigint;
-- The end of a token, by which people tell theirs apart. Those made before have none.
alter table api_tokens add column last4 text;
