-- How often in a row the bot did not know an answer since somebody or something helped.
alter table conversations add column misses bigint not null default 0;
-- The place of the bot's last word, when it handed the conversation over itself: up to there it may go out though people answer.
alter table conversations add column parting_seq bigint;
-- Why a conversation was handed over, on the line that says so.
alter table messages add column reason text;
