-- Whom an answer goes to: the identity that wrote last in the conversation.
alter table conversations add column reply_wa_id text;
alter table conversations add column reply_user_id text;
-- Who of the workspace wrote what the inbox shows.
alter table conversations add column preview_user_id blob;

-- The session id has always been the name that wrote last; a user id is one of the account that the conversation came in by.
update conversations set
  reply_wa_id = (select n.value from identities n where n.workspace_id = conversations.workspace_id
    and n.contact_id = conversations.contact_id and n.kind = 'wa_id' and n.value = conversations.session_id),
  reply_user_id = (select n.value from identities n join integrations i on i.workspace_id = n.workspace_id
    and i.business_account_id = n.scope where n.workspace_id = conversations.workspace_id
    and n.contact_id = conversations.contact_id and n.kind = 'user_id' and i.id = conversations.integration_id
    order by n.created_at desc, n.value desc limit 1)
where channel = 'whatsapp';
update conversations set preview_user_id = (select m.user_id from messages m where m.workspace_id = conversations.workspace_id
  and m.conversation_id = conversations.id and m.author = 'user' order by m.seq desc limit 1)
where preview_author = 'user';
