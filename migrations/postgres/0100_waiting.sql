-- Since when the customer waits for a person; null: nobody waits.
alter table conversations add column waiting_since bigint;
-- When a person said something last, or the conversation came to people: the idle time of its chatbot counts from it.
alter table conversations add column person_at bigint not null default 0;
-- After how many minutes without a person's word the bot has a conversation again; 0: never.
alter table chatbots add column idle_minutes bigint not null default 720;

-- What people have already begins to idle now, and what was said there before is not answered by the bot.
update conversations set person_at = cast(extract(epoch from now()) * 1000 as bigint), answered_seq = inbound_seq,
  waiting_since = case when status = 'open' and preview_author = 'contact' then last_inbound_at end
where mode = 'human';

create index conversations_waiting on conversations (workspace_id, waiting_since, id) where waiting_since is not null;
create index conversations_idle on conversations (workspace_id, chatbot_id, person_at) where mode = 'human';
create index chatbots_idle on chatbots (workspace_id, id, idle_minutes) where idle_minutes > 0;
