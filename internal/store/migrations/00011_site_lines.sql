-- +goose Up
-- What the pages of a site consist of, to know what it repeats: 64-bit keys of lines, from which no text can be read. The newest
-- page of an address counts; of a host the newest fifty are kept, of all hosts the newest two thousand.
create table site_page (
    host    text    not null,
    address text    not null, -- sha-256 of it
    seen    integer not null,
    lines   blob    not null, -- 8 bytes each, little endian
    primary key (host, address)
) without rowid;
create index site_page_seen on site_page (seen);

-- +goose Down
drop table site_page;
