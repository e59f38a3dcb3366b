-- +goose Up
-- Sessions belong to people now; those opened with a token end.
drop table session;

create table person (
    id        text    not null primary key,
    member    text    not null,
    login     text    not null,
    login_key text    not null unique, -- the login without case
    name      text    not null,
    password  text    not null,        -- argon2id in its usual form; empty: none can be right
    owner     integer not null,
    created   bigint  not null,
    disabled  bigint  not null
);
create index person_member on person (member, login_key);

create table desk (
    id        text    not null primary key,
    member    text    not null,
    names     text    not null,
    approvals integer not null,
    phone     text    not null,
    created   bigint  not null
);
create index desk_member on desk (member, created);

create table desk_grant (
    person text not null,
    desk   text not null,
    role   text not null,
    primary key (person, desk, role)
);

create table session (
    hash    blob   not null primary key,
    id      text   not null unique,
    person  text   not null,
    agent   text   not null,
    created bigint not null,
    used    bigint not null,
    expires bigint not null
);
create index session_person on session (person, created);

-- kind: owner, join, return or demo. ended: taken back, or in the place of it came another.
create table invitation (
    hash    blob   not null primary key,
    id      text   not null unique,
    kind    text   not null,
    member  text   not null,
    person  text   not null,
    grants  text   not null,
    inviter text   not null,
    created bigint not null,
    expires bigint not null,
    used    bigint not null,
    used_by text   not null,
    ended   bigint not null
);
create index invitation_member on invitation (member, created);

-- A row may count what happens again and again, as failed sign-ins of one hour do.
create table audit (
    id     text    not null primary key,
    at     bigint  not null,
    member text    not null,
    person text    not null,
    action text    not null,
    object text    not null,
    detail text    not null,
    count  integer not null
);
create index audit_member on audit (member, at, id);
create index audit_at on audit (at, id);
