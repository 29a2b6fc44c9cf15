-- Orders that were told with other lines under the same time of change: the shapes they had, hashed, and how often one of them came back.
CREATE TABLE order_shape (
  order_no BIGINT NOT NULL PRIMARY KEY, changed_at BIGINT NOT NULL, shapes TEXT NOT NULL, turns BIGINT NOT NULL) WITHOUT ROWID;
