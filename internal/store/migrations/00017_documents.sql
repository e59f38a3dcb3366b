-- +goose Up
-- Documents that could not be read, or not yet, by who brought them. What was known of them is kept, to read them again.
create table quarantine_new (
    id      text   not null, -- sha-256 of the bytes
    member  text   not null, -- who brought it in; '': the operator
    raw     text   not null, -- the id again
    source  text   not null, -- the source that brought it; '': none
    item    bigint not null, -- 1: it is an item of that source, 0: the source's own list
    name    text   not null,
    address text   not null, -- where it stood; '': not known
    place   text   not null,
    reason  text   not null,
    context text   not null, -- JSON of receive.Context
    held    bigint not null, -- under embargo until then; 0: it is not
    guid    blob   not null, -- of what its sender calls it, while it is held; empty: none
    arrived bigint not null,
    tries   bigint not null, -- how often it was read again
    primary key (id, member)
);
insert into quarantine_new (id, member, raw, source, item, name, address, place, reason, context, held, guid, arrived, tries)
    select id, '', raw, '', 0, name, '', place, reason, '', 0, x'', arrived, 0 from quarantine;
drop table quarantine;
alter table quarantine_new rename to quarantine;
create index quarantine_held on quarantine (held) where held > 0;
create index quarantine_source on quarantine (source) where item = 1;
-- What a member took in, by what its sender calls it: the same version with the same words by another way is the same thing.
create table document (
    member  text   not null,
    guid    blob   not null, -- hash of the sender's name for it, 16 bytes
    version bigint not null,
    words   blob   not null, -- hash of its words
    capture text   not null,
    gone    bigint not null, -- when its sender withdrew it; 0: it did not
    primary key (member, guid, version)
);

-- +goose Down
drop table document;
create table quarantine_old (id text not null primary key, raw text not null, name text not null, place text not null, reason text not null, arrived bigint not null);
insert into quarantine_old (id, raw, name, place, reason, arrived) select id, id, name, place, reason, arrived from quarantine where member = (select min(q.member) from quarantine q where q.id = quarantine.id);
drop table quarantine;
alter table quarantine_old rename to quarantine;
