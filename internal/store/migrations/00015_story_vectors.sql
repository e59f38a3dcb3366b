-- +goose Up
-- Where an engine is configured, what it makes of a text: story.Vector. It leaves with the text's traits.
alter table story_text add column vector blob not null default x'';

-- +goose Down
alter table story_text drop column vector;
