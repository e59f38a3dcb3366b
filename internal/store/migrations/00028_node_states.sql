-- +goose Up
-- What each node that has this database open says of itself, by its data folder; and counters that hold for all nodes together: until when a
-- bucket of tries or calls is not full again. Both are of the moment: nothing is lost with them, and they are not moved. A file has one node, and no row.
create table node_state (
	folder text not null primary key,
	id text not null,
	host text not null,
	address text not null,
	version text not null,
	since bigint not null,
	heard bigint not null,
	ahead bigint not null
);
create table bucket (
	name text not null primary key,
	until bigint not null
);

-- +goose Down
drop table bucket;
drop table node_state;
