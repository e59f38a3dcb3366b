-- +goose Up
-- Which texts report one event. What is kept of a text to link it, while it stands in the index of words with its words;
-- doc as in sketch.
create table story_text (
    doc    integer not null primary key,
    at     integer not null, -- seconds since 1970: when it was published, as far as that is known
    traits blob    not null  -- story.Traits.Bytes
);
-- A report is a release in all its languages, or a capture, by its position.
create table story_report (
    position integer not null primary key,
    story    integer not null, -- the lowest position in it
    together integer not null  -- 1: the story has other reports too
);
create index story_report_story on story_report (story, position);
create index story_report_together on story_report (position) where together = 1;
-- Documents that are to be placed or placed anew. One whose words change again is due anew, under another id.
create table story_due (
    id  integer not null primary key autoincrement,
    doc integer not null unique
);
insert into story_due (doc) select id from lexeme;
insert into job (kind, args, dedup, run_at, lease_until, lease, attempt, dead, last_error, created)
    select 'story.place', '', 'story.place', 1, 0, '', 0, 0, '', 1 where exists (select 1 from lexeme);

-- +goose Down
drop table story_text;
drop table story_report;
drop table story_due;
