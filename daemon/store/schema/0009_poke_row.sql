-- The delivery that announced the thing: where the channel then has no such thing, that delivery is parked.
ALTER TABLE poke ADD COLUMN row_no BIGINT NOT NULL DEFAULT 0;
