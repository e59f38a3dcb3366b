-- +goose Up
-- What a person keeps for herself: searches, and items for her shift. No words of any release stand here.
create table saved_search (
    person text   not null,
    args   text   not null, -- the wire's address without its '?', its parts in the order of their names
    at     bigint not null,
    primary key (person, args)
);

create table saved_item (
    person text   not null,
    path   text   not null, -- releases/..., items/... or captures/...
    at     bigint not null,
    primary key (person, path)
);

-- +goose Down
drop table saved_item;
drop table saved_search;
