-- Orders of a channel, in a state, or both, the newest first, without a walk through the others.
CREATE INDEX orders_of_channel ON orders (channel_no, order_no);
CREATE INDEX orders_in_state ON orders (state, order_no);
CREATE INDEX orders_of_channel_in_state ON orders (channel_no, state, order_no);
-- How many orders a channel has.
ALTER TABLE channel ADD COLUMN orders BIGINT NOT NULL DEFAULT 0;
UPDATE channel SET orders = (SELECT COUNT(*) FROM orders o WHERE o.channel_no = channel.channel_no);
