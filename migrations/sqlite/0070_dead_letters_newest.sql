-- The newest dead letter of an integration, and pages of them, without sorting all that there are.
create index dead_letters_newest on dead_letters (workspace_id, integration_id, id);
drop index dead_letters_by_integration;
