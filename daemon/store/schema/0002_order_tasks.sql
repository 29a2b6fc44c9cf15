-- What the merchant did with an order, or wants done: ship (one parcel), cancel, refund, return. state: open, sent, in_doubt, confirmed, refused,
-- dropped, done (nobody needs to be told). read_at, read_row: the order was read by its id in a reading that began then and brought nothing
-- behind that row of the inbox.
CREATE TABLE order_task (
  task_no INTEGER PRIMARY KEY AUTOINCREMENT, order_no BIGINT NOT NULL, channel_no BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  document TEXT NOT NULL, remote TEXT NOT NULL, ticket TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL, next_at BIGINT NOT NULL, read_at BIGINT NOT NULL, read_row BIGINT NOT NULL);
CREATE INDEX order_task_state ON order_task (channel_no, state, next_at);
CREATE INDEX order_task_order ON order_task (order_no, task_no);
