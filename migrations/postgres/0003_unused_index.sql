-- Nothing looks messages up by their id alone, and every answer paid for it.
drop index messages_by_id;
