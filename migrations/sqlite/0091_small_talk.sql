-- What a chatbot says to small talk and when people take over, in its owner's words. Empty: the built-in words, in the customer's
-- language; a dash: nothing.
alter table chatbots add column hello text not null default '';
alter table chatbots add column thanks text not null default '';
alter table chatbots add column goodbye text not null default '';
alter table chatbots add column insult text not null default '';
alter table chatbots add column person text not null default '';
-- The apology of chatbots whose owner never changed it promised a colleague, whom nobody told.
update chatbots set fallback = 'Sorry, I do not know the answer to that. Please put it in other words, or ask for a person.'
  where fallback = 'Sorry, I do not know the answer to that. A colleague will look at your message as soon as possible.';
