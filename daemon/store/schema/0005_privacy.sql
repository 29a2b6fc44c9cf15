-- Under which of the buyers' keys (the file beside this one) an order's personal fields are sealed. '': it has none. 'erased': they are gone, and
-- what the platform says of them later is not kept either.
ALTER TABLE orders ADD COLUMN sealed_by TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_sealed ON orders (sealed_by, state, changed_at, accepted_at);
-- Which file of keys belongs to this store.
CREATE TABLE keys_file (identity TEXT PRIMARY KEY) WITHOUT ROWID;
