-- +goose Up
-- For which of her desks a person took last: the next time she is not asked.
create table taking_desk (
    person text not null primary key,
    desk   text not null
);

-- +goose Down
drop table taking_desk;
