-- +goose Up
-- The words of a document as ready lexemes: PostgreSQL's own parser and stemmers never see a text. Positions are for
-- phrases; loose is 1 where they do not hold all of them. The index has a list for new words, which the node empties beside its writer.
create table search (
    id    bigint   not null primary key, -- position * 64 + the item's ordinal
    words tsvector not null,
    loose bigint   not null
);
create index search_words on search using gin (words) with (fastupdate = on, gin_pending_list_limit = 32768);

create table lexeme (
    id  bigint not null primary key, -- as in search
    doc bytea  not null
);

-- +goose Down
select 1;
