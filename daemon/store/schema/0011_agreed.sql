-- Fields of a listing that are not ours alone, as they were last known to be agreed. there: JSON of what stood on the channel, empty: nothing was agreed yet.
-- here: digest of what the catalogue said then, empty: the channel's word stands there and was never the catalogue's. sent: JSON list of what
-- writes said since one was confirmed, empty: there is none.
CREATE TABLE agreed (
  channel_no BIGINT NOT NULL, product_no BIGINT NOT NULL, field TEXT NOT NULL, there TEXT NOT NULL, here TEXT NOT NULL, sent TEXT NOT NULL,
  PRIMARY KEY (channel_no, product_no, field)) WITHOUT ROWID;
