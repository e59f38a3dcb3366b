-- +goose Up
-- Contentless and without contentless_delete: a row leaves by the 'delete' command with the very lexemes
-- that went in, which are therefore kept, compressed, in lexeme. Only so does secure-delete reach the index.
create virtual table search using fts5(headline, body, marks, content='', tokenize='ascii', prefix='3');
insert into search (search, rank) values ('secure-delete', 1);
insert into search (search, rank) values ('automerge', 0);
insert into search (search, rank) values ('crisismerge', 1999);
insert into search (search, rank) values ('usermerge', 16);
-- A batch of an import becomes one segment or two instead of six.
insert into search (search, rank) values ('hashsize', 8388608);

create table lexeme (
    id  integer not null primary key, -- position * 64 + the item's ordinal, as in search
    doc blob    not null
);

-- +goose Down
select 1;
