-- +goose Up
-- A report that has no text any more keeps its row while links or decisions name it: what it held together stays so.
alter table story_report add column gone integer not null default 0;
-- What the machine linked, in the order in which it did; reports by their positions. A report's latest link is the last.
create table story_link (
    id       integer not null primary key autoincrement,
    position integer not null, -- the report that was placed
    other    integer not null, -- the one that it was found to belong to
    because  blob    not null, -- why, with words of the first; empty once either has lost the words that it had
    unique (position, other)
);
create index story_link_other on story_link (other);
insert into story_link (position, other, because) select position, story, x'' from story_report where story <> position order by position;
-- What editors decided, in order; nothing is ever taken out, a decision that is taken back is followed by one of kind undo.
create table story_decision (
    id      integer not null primary key autoincrement,
    name    text    not null unique, -- outside
    kind    text    not null,        -- join, move, part, undo
    subject integer not null,        -- the report that it is about
    other   integer not null,        -- the one that it was joined with or taken away from
    member  text    not null,        -- for whom it was decided
    person  text    not null,        -- by whom; empty: by a token of the member
    at      integer not null,        -- microseconds
    reason  text    not null,        -- in the editor's words; empty once one of the reports is gone
    of      integer not null,        -- of kind undo: which one is taken back
    undone  integer not null         -- which one takes it back; 0: it stands
);
-- What a decision says of pairs of reports. 1: they are together; -1: they are not; 2: they stay together, as long as
-- nothing is said against it, when another one was taken out from among them; 0: nothing, it was taken back.
create table story_pair (
    decision integer not null,
    low      integer not null,
    high     integer not null,
    word     integer not null,
    primary key (decision, low, high)
) without rowid;
create index story_pair_low on story_pair (low);
create index story_pair_high on story_pair (high);

-- +goose Down
drop table story_pair;
drop table story_decision;
drop table story_link;
delete from story_report where gone = 1;
alter table story_report drop column gone;
