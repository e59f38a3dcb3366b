-- +goose Up
-- What rules of keeping look for: the oldest first, a few at a time.
create index raw_arrived on raw (arrived);
create index quarantine_arrived on quarantine (arrived);
create index quarantine_raw on quarantine (raw);
create index session_used on session (used);
create index draft_sent on draft (sent_at) where sent_at > 0;

-- +goose Down
drop index raw_arrived;
drop index quarantine_arrived;
drop index quarantine_raw;
drop index session_used;
drop index draft_sent;
