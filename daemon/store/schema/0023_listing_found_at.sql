-- Listings that somebody else had made, and of which no person has said since when they were found that they may be written to.
ALTER TABLE listing ADD COLUMN found_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX listing_found ON listing (channel_no) WHERE found_at <> 0;
