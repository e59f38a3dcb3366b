-- +goose Up
-- The nodes that have this database open: on PostgreSQL several may. Each writes its row with every commit, at random, so that whoever
-- comes next knows that there was one, and it itself whether one took place whose answer was lost. lock is the advisory lock that it holds.
create table node (
	id text not null primary key,
	lock bigint not null,
	turn bigint not null,
	began bigint not null
);
-- Sketches that were dropped by another node than the one that keeps the prints, until that one knows.
create table print_left (
	id bigint not null
);
delete from counter where name = 'turn';

-- +goose Down
drop table print_left;
drop table node;
