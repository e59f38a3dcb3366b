-- +goose Up
-- Captures of which an editor said something that a machine had found otherwise, its language or its story, by what they are known as when the same
-- article comes again with other bytes.
create table said_of (
    name    text   not null, -- sha-256 of its address, or of the name that its sender gives it; of an article among several with its headline
    capture text   not null,
    at      bigint not null, -- microseconds; when it was last said
    primary key (name, capture)
);

-- +goose Down
drop table said_of;
