-- Which person answers, in mode human: one of the workspace, or whoever holds the phone with the number. Neither: nobody yet.
alter table conversations add column person_id uuid;
alter table conversations add column on_phone boolean not null default false;

-- Whoever wrote or took over last. A hand-over without a person stands in the thread as a line of nobody.
update conversations set person_id = (select m.user_id from messages m where m.workspace_id = conversations.workspace_id
  and m.conversation_id = conversations.id and m.author in ('user', 'system') order by m.seq desc limit 1)
where mode = 'human';
update conversations set on_phone = true where mode = 'human' and person_id is null and preview_author = 'user' and preview_user_id is null;
