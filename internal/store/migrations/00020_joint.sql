-- +goose Up
-- Further issuers of a release. at is 0 until the member has confirmed it; words is how many versions the items then had together, so
-- that a later update or correction asks again.
create table joint (
	release text not null references release (id) on delete cascade,
	member text not null,
	at bigint not null default 0,
	words bigint not null default 0,
	leaf bigint not null default -1,
	primary key (release, member)
);
create index joint_member on joint (member);

-- +goose Down
drop table joint;
