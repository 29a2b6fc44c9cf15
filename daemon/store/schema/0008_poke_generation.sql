-- Rises with each poke of the same thing: what is poked again while it is being fetched is fetched once more.
ALTER TABLE poke ADD COLUMN generation BIGINT NOT NULL DEFAULT 1;
