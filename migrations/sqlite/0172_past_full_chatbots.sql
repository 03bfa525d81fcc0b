-- Whose a turn is stands in the index, so that those of chatbots with enough under way are passed by without a look at their rows.
drop index conversations_unanswered;
create index conversations_unanswered on conversations (answer_due_at, chatbot_id) where mode = 'bot' and inbound_seq > answered_seq;
