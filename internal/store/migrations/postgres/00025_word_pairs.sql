-- +goose Up
-- Which words of a document stand side by side, as a Bloom filter: most documents that have the words of a phrase, and not the phrase, are told
-- by it. A document without a row, of an earlier Jarchi, is looked into.
create table word_pair (
    id   bigint not null primary key, -- as in search
    bits bytea  not null
);
alter table word_pair alter column bits set storage external; -- nothing in it can be compressed

-- +goose Down
select 1;
