-- +goose Up
-- Limits of a token (0: the node's own, -1: none), a second secret that goes on working for a while after a new one was made, and
-- what each token did on each day: counts and bytes, no words and no addresses.
alter table token add column per_minute bigint not null default 0;
alter table token add column burst bigint not null default 0;
alter table token add column old_hash blob;
alter table token add column old_until bigint not null default 0;
create unique index token_old on token (old_hash);
create table token_use (
	token text not null references token (id) on delete cascade,
	day bigint not null,
	calls bigint not null,
	refused bigint not null,
	received bigint not null,
	sent bigint not null,
	last bigint not null,
	primary key (token, day)
);

-- +goose Down
drop table token_use;
drop index token_old;
alter table token drop column old_until;
alter table token drop column old_hash;
alter table token drop column burst;
alter table token drop column per_minute;
