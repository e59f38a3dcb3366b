-- +goose Up
-- The file database alone needs it.
select 1;

-- +goose Down
select 1;
