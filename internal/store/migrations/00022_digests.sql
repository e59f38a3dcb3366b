-- +goose Up
-- When the digest comes for which a delivery waits; 0: it is told by itself. Those of one moment make one letter.
alter table delivery add column digest bigint not null default 0;

-- +goose Down
alter table delivery drop column digest;
