-- +goose Up
-- Who is handed what as it happens. A subscription is a lane of its own: one delivery of it at a time, whatever the others do.
create table subscription (
    id          text    not null primary key,
    member      text    not null,
    filter      text    not null, -- the part of the wire's address after its '?'
    target      text    not null,
    fields      text    not null, -- JSON of the rest of subscription.Subscription
    state       text    not null,
    since       bigint  not null, -- events after this position
    fares       text    not null, -- JSON of subscription.Fares
    rest        bigint  not null, -- left alone until then
    slow        integer not null, -- 1: the last try took its time
    due         bigint  not null, -- when there is something to do; 0: nothing
    lease       text    not null,
    lease_until bigint  not null
);
create index subscription_member on subscription (member);
create index subscription_due on subscription (due) where due > 0;
-- What is to be, or was, handed to one subscription. No words of any release stand here: they are written when they are sent.
create table delivery (
    id           integer not null primary key autoincrement,
    subscription text    not null,
    message      text    not null, -- the same on each try
    position     bigint  not null, -- of the event
    kind         text    not null,
    ref          text    not null, -- the release's or capture's id
    item         text    not null, -- '': the whole of it
    first        integer not null, -- 1: goes before what is new
    waiting      integer not null, -- 1: to be sent, or tried again
    outcome      text    not null,
    tries        integer not null,
    due          bigint  not null,
    made         bigint  not null,
    ended        bigint  not null, -- 0: not yet
    last         text    not null, -- JSON of subscription.Trouble; '': none
    lease        text    not null
);
create index delivery_next on delivery (subscription, first, position) where waiting = 1;
create index delivery_due on delivery (subscription, first, due) where waiting = 1;
create index delivery_ref on delivery (ref, subscription);
create index delivery_log on delivery (subscription, id);
create index delivery_ended on delivery (ended) where waiting = 0;
-- What each subscription has been sent, or may have been: whom corrections and withdrawals must find.
create table delivery_held (
    ref          text   not null,
    subscription text   not null,
    item         text   not null,
    at           bigint not null,
    mark         text   not null, -- by which the receiver knows it, for changing it there: a message's number; '': by its uri
    primary key (ref, subscription, item)
);
create index delivery_held_by on delivery_held (subscription);
create table delivery_try (
    delivery bigint  not null,
    n        integer not null,
    at       bigint  not null,
    millis   bigint  not null,
    trouble  text    not null, -- JSON of subscription.Trouble; '': it went well
    status   integer not null,
    primary key (delivery, n)
);
-- Saved searches of which a person is told what is new: what is listed after a position.
create table search_alert (
    person text   not null,
    args   text   not null, -- as in saved_search
    since  bigint not null,
    primary key (person, args)
);
-- How far the events of this node were told to the subscriptions.
insert into counter (name, value) select 'delivered', value from counter where name = 'position';

-- +goose Down
delete from counter where name = 'delivered';
drop table search_alert;
drop table delivery_try;
drop table delivery_held;
drop table delivery;
drop table subscription;
