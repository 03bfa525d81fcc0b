-- The oldest events are those with the smallest ids: every message paid for this index three times.
drop index events_by_age;
