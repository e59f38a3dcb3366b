-- +goose Up
-- Times are microseconds since 1970 UTC, 0 meaning 'not'; JSON is text. Types mean the same on SQLite and PostgreSQL.

create table setting (
    name  text not null primary key,
    value blob not null
);

create table member (
    id      text   not null primary key,
    kind    text   not null,
    domain  text   not null unique,
    names   text   not null,
    short   text   not null,
    zone    text   not null,
    created bigint not null
);

-- One row a log. size, root and checkpoint change only in the transaction that adds the leaves.
create table log (
    id         integer not null primary key,
    name       text    not null unique,
    member     text    not null,
    class      text    not null,
    origin     text    not null,
    vkey       text    not null,
    skey       text    not null,
    size       bigint  not null,
    root       blob    not null,
    checkpoint blob    not null
);
create table leaf (
    log  integer not null,
    idx  bigint  not null,
    data blob    not null,
    primary key (log, idx)
) without rowid;
create table hash (
    log integer not null,
    pos bigint  not null,
    h   blob    not null,
    primary key (log, pos)
) without rowid;

create table counter (
    name  text   not null primary key,
    value bigint not null
);
insert into counter (name, value) values ('position', 0);

create table release (
    id              text    not null primary key,
    lead            text    not null,
    issuers         text    not null,
    state           text    not null,
    revision        integer not null,
    urgency         integer not null,
    audience        text    not null,
    partners        text    not null,
    approvals       text    not null,
    publish_at      bigint  not null,
    embargoed_until bigint  not null,
    created         bigint  not null,
    released_at     bigint  not null,
    opened_at       bigint  not null,
    changed_at      bigint  not null,
    withdrawn_at    bigint  not null,
    erased_at       bigint  not null,
    reason          text    not null,
    corrections     integer not null,
    updates         integer not null,
    seal_leaf       bigint  not null, -- index of the newest seal in the lead's log, -1: none
    seal_salt       blob,
    position        bigint  not null  -- where it stands in the list, 0: not on the wire
);
create index release_state on release (state, position);
create index release_lead on release (lead, changed_at);

create table item (
    id          text    not null primary key,
    release     text    not null,
    ordinal     integer not null,
    uri         text    not null unique,
    member      text    not null,
    alt_id      text    not null,
    language    text    not null,
    type        text    not null,
    translation text    not null,
    stale       integer not null,
    version     integer not null
);
create index item_release on item (release, ordinal);
create unique index item_alt on item (member, alt_id) where alt_id <> '';

-- bytes are the exact ninjs bytes that were released; null once withdrawn or erased. A withdrawal
-- keeps salt and manifest, so that a holder of the text can still prove what it was; an erasure does not.
create table version (
    item       text    not null,
    n          integer not null,
    kind       text    not null,
    at         bigint  not null,
    reason     text    not null,
    bytes      blob,
    manifest   blob,
    salt       blob,
    commitment blob,
    leaf       bigint  not null, -- index in the lead's log, -1: not entered
    primary key (item, n)
);

-- A document as it came. Small ones are kept here, in the transaction of what was read from them; bytes
-- is null for a large one, which is a file under its hash.
create table raw (
    hash         text   not null primary key,
    name         text   not null,
    content_type text   not null,
    length       bigint not null,
    arrived      bigint not null,
    bytes        blob
);
create table capture (
    id       text    not null primary key,
    position bigint  not null unique,
    raw      text    not null,
    n        integer not null,
    language text    not null,
    arrived  bigint  not null,
    data     text    not null
);
create index capture_raw on capture (raw, n);

-- What could not be read, with the bytes kept under raw.
create table quarantine (
    id      text   not null primary key,
    raw     text   not null,
    name    text   not null,
    place   text   not null,
    reason  text   not null,
    arrived bigint not null
);

-- The order of everything on this node: a position for each, in commit order.
create table event (
    position bigint not null primary key,
    kind     text   not null,
    ref      text   not null,
    at       bigint not null,
    items    text   not null
);
create index event_kind on event (kind, position);
create index event_at on event (at, position);

create table job (
    id          integer not null primary key,
    kind        text    not null,
    args        text    not null,
    dedup       text    not null,
    run_at      bigint  not null,
    lease_until bigint  not null,
    lease       text    not null,
    attempt     integer not null,
    dead        integer not null,
    last_error  text    not null,
    created     bigint  not null
);
create index job_due on job (dead, run_at);
create unique index job_dedup on job (dedup) where dedup <> '';

create table token (
    id      text   not null primary key,
    hash    blob   not null unique,
    member  text   not null,
    scopes  text   not null,
    label   text   not null,
    created bigint not null,
    revoked bigint not null
);
create table session (
    hash    blob   not null primary key,
    token   text   not null,
    created bigint not null,
    expires bigint not null
);
create table idempotency (
    token  text    not null,
    key    text    not null,
    digest blob    not null,
    status integer not null,
    answer blob    not null,
    at     bigint  not null,
    primary key (token, key)
);

create table take (
    item    text   not null,
    desk    text   not null,
    member  text   not null,
    version integer not null,
    at      bigint not null,
    primary key (item, member, desk)
);

-- +goose Down
select 1;
