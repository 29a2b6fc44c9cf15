-- What a person fixed: it is shown whatever the catalogue and the rules say, until it is cleared or its time is over (until_at 0: never).
-- aspect: price (thing = variant_no, value "12.50 EUR" or "12.50 EUR/15.00 EUR"), content (thing = product_no, value: the fields that are fixed).
CREATE TABLE pin (
  pin_no INTEGER PRIMARY KEY, channel_no BIGINT NOT NULL, aspect TEXT NOT NULL, thing BIGINT NOT NULL, value TEXT NOT NULL, until_at BIGINT NOT NULL,
  author TEXT NOT NULL, at BIGINT NOT NULL);
CREATE UNIQUE INDEX pin_thing ON pin (channel_no, aspect, thing);
-- What listings said, each text once. The journal names it by its digest.
CREATE TABLE content (digest TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
-- What stood on a channel at a moment.
CREATE INDEX journal_shown ON journal (channel_no, thing, at)
  WHERE what IN ('price.confirmed', 'listing.found', 'listing.created', 'listing.updated');
