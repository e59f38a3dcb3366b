-- +goose Up
-- The index is in partitions: an FTS5 table each, for the positions from first to the next one's.
create table search_partition (
    first   bigint not null primary key,
    name    text not null, -- of the FTS5 table
    settled integer not null default 0 -- 1: merged into one piece since it was closed
);
insert into search_partition (first, name) values (0, 'search');

-- +goose Down
select 1;
