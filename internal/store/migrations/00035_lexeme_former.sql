-- +goose Up
-- While a partition of the index is made anew beside itself: what the former one still holds of documents that the new one has already, so that words which
-- are erased meanwhile can be taken out of both.
create table lexeme_former (
    id  integer not null primary key, -- as in lexeme
    doc blob    not null
);

-- +goose Down
drop table lexeme_former;
