-- When an order was placed there (0: its document does not say), for the comparison with the channel's own list, hour by hour.
ALTER TABLE orders ADD COLUMN placed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX orders_placed ON orders (channel_no, placed_at);
-- Hours of a channel whose orders are not the same here and there. They are read again at next_at; the others are behind the cursor 'comparison'.
CREATE TABLE differing_hour (
  channel_no BIGINT NOT NULL, hour BIGINT NOT NULL, tries BIGINT NOT NULL, next_at BIGINT NOT NULL, PRIMARY KEY (channel_no, hour)) WITHOUT ROWID;
-- What a person let go: an order is not held for these words again.
CREATE TABLE released_hold (
  order_no BIGINT NOT NULL, hold TEXT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (order_no, hold)) WITHOUT ROWID;
