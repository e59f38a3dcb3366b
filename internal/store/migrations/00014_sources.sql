-- +goose Up
-- Addresses that are asked on a schedule, and how they fare (state: JSON of source.State).
create table source (
    id        text    not null primary key,
    member    text    not null,
    address   text    not null,
    host      text    not null,
    fields    text    not null, -- JSON of the rest of source.Source
    paused    integer not null,
    due       integer not null,
    last_item integer not null,
    taken     integer not null, -- when an item of it had its turn last
    items     integer not null, -- taken in
    failed    integer not null, -- in quarantine
    state     text    not null,
    unique (member, address)
);
create index source_host_due on source (host, due);
-- What stood in feeds: each item once, whatever became of it. Keys are hashes of which 16 bytes are kept.
create table source_entry (
    id      integer not null primary key autoincrement,
    source  text    not null,
    key     blob    not null, -- of its id, else its link, else its words
    link    blob    not null, -- of its canonical link; empty: none
    digest  blob    not null, -- of what its feed says; another one: it has changed
    words   blob    not null, -- of its text as it was read; empty: not read yet
    waiting integer not null, -- 1: to be taken in
    host    text    not null, -- where its page is; '': none
    due     integer not null, -- not before
    tries   integer not null,
    seen    integer not null, -- when it stood in the feed, to a day
    fields  text    not null, -- JSON of source.Entry; '' once it is taken in
    capture text    not null, -- what became of it; '': nothing
    unique (source, key)
);
create index source_entry_link on source_entry (link) where link <> x'';
create index source_entry_words on source_entry (host, words) where words <> x'';
create index source_entry_waiting on source_entry (host, due) where waiting = 1;
create index source_entry_queue on source_entry (source) where waiting = 1;
create index source_entry_seen on source_entry (source, seen);
-- Hosts: asked one request at a time.
create table source_host (
    host        text    not null primary key,
    due         integer not null, -- when there is something to do there; 0: nothing
    next        integer not null, -- not asked before
    lease       text    not null,
    lease_until integer not null,
    pages       integer not null, -- 1: a page has the next turn, 0: a feed
    slow        integer not null, -- 1: the last visit took its time
    robots      text    not null, -- JSON of source.Allowance
    robots_at   integer not null  -- when it was read; 0: never
);
create index source_host_due_at on source_host (due) where due > 0;

-- +goose Down
drop table source_host;
drop table source_entry;
drop table source;
