-- Whether visitors of a website may chat with the chatbot: strangers, so only once somebody has switched it on.
alter table chatbots add column web_active integer not null default 0;
