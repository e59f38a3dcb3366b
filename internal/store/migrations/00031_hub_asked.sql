-- +goose Up
-- What was asked of the hub of this node's feeds (WebSub) and is not verified yet, so that a start forgets nobody who was told that it was accepted.
create table hub_asked (
    id          text   not null primary key,
    fields      text   not null, -- JSON of the request; its secret stands in it, as those of subscriptions do
    at          bigint not null,
    lease_until bigint not null  -- somebody asks for its verification until then; 0: nobody
);

-- +goose Down
drop table hub_asked;
