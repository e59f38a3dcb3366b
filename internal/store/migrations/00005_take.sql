-- +goose Up
-- A take says which desk uses an item, since when, and whether it is to be asked: because the item was
-- withdrawn, or has another version than the one it took. It holds no words, so that it outlives them.
create table take_next (
    id           integer not null primary key,
    item         text    not null, -- an item's or a capture's id
    release      text    not null, -- the item's; '' for a capture
    member       text    not null,
    desk_id      text    not null, -- '': taken by the member's own system
    desk         text    not null, -- the desk's name as that system gave it, otherwise ''
    taker        text    not null, -- the user, '' for a system
    version      integer not null, -- 0 for a capture
    at           bigint  not null,
    due          integer not null, -- 0: nothing, 1: it has changed, 2: it was withdrawn or erased
    due_at       bigint  not null, -- since when
    seen_version integer not null, -- the newest version that the desk knows of
    stopped_at   bigint  not null, -- when the desk answered that it has stopped using it
    stopped_by   text    not null
);
insert into take_next (item, release, member, desk_id, desk, taker, version, at, due, due_at, seen_version, stopped_at, stopped_by)
    select k.item, coalesce(i.release, ''), k.member, '', k.desk, '', k.version, k.at,
        case when r.state in ('withdrawn', 'erased') then 2 when i.version > k.version then 1 else 0 end,
        coalesce(r.changed_at, 0), k.version, 0, ''
    from take k left join item i on i.id = k.item left join release r on r.id = i.release
    order by k.at;
drop table take;
alter table take_next rename to take;
create unique index take_once on take (item, member, desk_id, desk);
create index take_release on take (release, id);
create index take_desk on take (member, desk_id, at);
create index take_due on take (member, desk_id) where due > 0;

-- +goose Down
select 1;
