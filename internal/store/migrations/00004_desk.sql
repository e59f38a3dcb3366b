-- +goose Up
-- What is written before anyone reads it. data is JSON of internal/desk; the other columns are what rows are found by.
create table draft (
    id         text    not null primary key,
    member     text    not null,
    desk       text    not null,
    kind       text    not null,
    release    text    not null,
    state      text    not null,
    revision   integer not null,
    created    bigint  not null,
    changed_at bigint  not null,
    sent_at    bigint  not null,
    data       text    not null
);
create index draft_desk on draft (desk, state, changed_at);
create index draft_release on draft (release, desk);

create table draft_part (
    draft    text    not null,
    language text    not null,
    place    integer not null,
    revision integer not null,
    writer   text    not null,
    at       bigint  not null,
    headline text    not null,
    data     text    not null,
    primary key (draft, language)
);

-- A text that was saved over one that had changed meanwhile. settled: when somebody had looked at it.
create table draft_other (
    id       text   not null primary key,
    draft    text   not null,
    language text   not null,
    at       bigint not null,
    settled  bigint not null,
    data     text   not null
);
create index draft_other_of on draft_other (draft, settled, at);

-- Whose a file among the blobs is: of a draft, or of a release with which it left. Only by these rows is it served.
create table draft_file (
    draft      text   not null,
    hash       text   not null,
    media_type text   not null,
    length     bigint not null,
    primary key (draft, hash)
);
create index draft_file_hash on draft_file (hash);
create table release_file (
    release    text   not null,
    hash       text   not null,
    media_type text   not null,
    primary key (release, hash)
);
create index release_file_hash on release_file (hash);

-- +goose Down
select 1;
