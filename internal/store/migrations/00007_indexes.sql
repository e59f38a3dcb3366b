-- +goose Up
-- What was done by one person, or to one thing, newest first, out of a list that only grows.
create index audit_person on audit (person, at, id);
create index audit_object on audit (object, at, id);
-- Sessions that have run out go at every sign-in; texts that were put away go once a week.
create index session_expires on session (expires);
create index draft_other_settled on draft_other (settled) where settled > 0;

-- +goose Down
drop index audit_person;
drop index audit_object;
drop index session_expires;
drop index draft_other_settled;
