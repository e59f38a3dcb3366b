-- +goose Up
-- Corrections and withdrawals by what became of them: those that were given up are taken up again when their delivery is resumed, however long its log is.
create index delivery_follows on delivery (subscription, outcome, id) where first = 1 and waiting = 0;

-- +goose Down
drop index delivery_follows;
