-- The place of the bot's last answer, and how fast and how alike the other side has replied to the last ones: two bots that
-- answer each other are stopped by it.
alter table conversations add column bot_seq integer not null default 0;
alter table conversations add column pace text;
