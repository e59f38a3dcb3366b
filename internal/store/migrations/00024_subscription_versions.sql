-- +goose Up
-- Which subscriptions have changed since somebody read them: each change takes the next number. Whoever keeps them in memory reads what has a later one; a removal counts by itself.
alter table subscription add column version bigint not null default 0;
create index subscription_version on subscription (version);
insert into counter (name, value) values ('subscriptions', 0);
insert into counter (name, value) values ('subscriptions-removed', 0);

-- +goose Down
delete from counter where name in ('subscriptions', 'subscriptions-removed');
drop index subscription_version;
alter table subscription drop column version;
