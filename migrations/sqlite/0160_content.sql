-- What a message holds besides its text, as JSON; none when it is all text. It takes the place of the bare word for it.
alter table messages add column content text;
update messages set content = json_object('type', 'unsupported', 'what', body), body = ''
  where kind = 'unsupported' and beyond is null;
update messages set content = json_object('type', 'unsupported', 'what', beyond), kind = 'unsupported'
  where beyond is not null;
alter table messages drop column beyond;
