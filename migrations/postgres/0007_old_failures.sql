-- Old failures are forgotten once a minute; strangers make as many as they like.
create index sign_in_failures_by_time on sign_in_failures (last_at);
