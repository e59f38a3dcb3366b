-- +goose Up
-- What is kept of a text to find its copies. A document is what stands in the index of words: position * 64 + the
-- item's ordinal. It has a sketch only while it stands there with its words.
create table sketch (
    id     integer not null primary key autoincrement, -- as the buckets know it; a new text of a document has a new one
    doc    integer not null unique,
    prints integer not null, -- how many distinct ones
    family integer not null, -- the id of the sketch that this one's text goes back to, 0: its own
    card   blob    not null, -- how the text is called and whence it came, for lists of copies; a few hundred bytes
    units  blob    not null
);
-- Which sketches hold which prints, in parts by the print. Newer ones are in memory until their turn comes.
create table print_bucket (
    bucket   integer not null primary key,
    postings blob    not null
);
-- Documents whose sketch is to be made or made anew. One whose words change again is due anew, under another id.
create table print_due (
    id  integer not null primary key autoincrement,
    doc integer not null unique
);
-- Which document uses which earlier one.
create table reuse (
    doc            integer not null,
    earlier        integer not null,
    kind           text    not null,
    containment    real    not null, -- of the shorter of the two, 0 to 1
    later_share    real    not null, -- how much of doc is covered by passages of the earlier one
    older_share    real    not null, -- and the other way round
    passages       blob    not null, -- where they stand in doc, in units of its sketch: how many, and the longest few
    older_passages blob    not null, -- and in the earlier one; none once it has other words
    primary key (doc, earlier)
) without rowid;
create index reuse_earlier on reuse (earlier, doc);
insert into print_due (doc) select id from lexeme;
insert into job (kind, args, dedup, run_at, lease_until, lease, attempt, dead, last_error, created)
    select 'story.prints', '', 'story.prints', 1, 0, '', 0, 0, '', 1 where exists (select 1 from lexeme);

-- +goose Down
drop table sketch;
drop table print_bucket;
drop table print_due;
drop table reuse;
