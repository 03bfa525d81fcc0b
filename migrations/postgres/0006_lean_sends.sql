-- The inbox looks the state of the last message up: kept here, every send and every report changed the conversation too.
alter table conversations drop column preview_state;

-- One index instead of two: tries are found by their message, and pruned by it, for ids are in the order of time.
drop index attempts_by_message;
alter table attempts drop constraint attempts_pkey, add primary key (workspace_id, message_id, id);
