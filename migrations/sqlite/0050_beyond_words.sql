-- What a message holds beyond its words and cannot be shown yet, such as the photo of a caption.
alter table messages add column beyond text;
