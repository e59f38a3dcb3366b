-- +goose Up
-- PostgreSQL alone needs it.
select 1;

-- +goose Down
select 1;
