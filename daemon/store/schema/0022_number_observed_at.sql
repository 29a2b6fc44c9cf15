-- When the number was last read there, whatever it was.
ALTER TABLE offer ADD COLUMN number_observed_at BIGINT NOT NULL DEFAULT 0;
