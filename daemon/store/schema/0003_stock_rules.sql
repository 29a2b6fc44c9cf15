-- A fixed number of units that are set aside for one offer between two moments. state: planned, running, ended.
CREATE TABLE quota (
  quota_no INTEGER PRIMARY KEY, channel_no BIGINT NOT NULL, variant_no BIGINT NOT NULL, units BIGINT NOT NULL, from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL, state TEXT NOT NULL, author TEXT NOT NULL, by_file BIGINT NOT NULL);
CREATE INDEX quota_offer ON quota (variant_no, channel_no);
-- What a running quota sets aside: the variant itself, or the components of the bundle as they were when it began.
CREATE TABLE quota_part (
  variant_no BIGINT NOT NULL, quota_no BIGINT NOT NULL, each_unit BIGINT NOT NULL, PRIMARY KEY (variant_no, quota_no)) WITHOUT ROWID;
-- What an order has had of a quota. Only where not zero.
CREATE TABLE drawn (order_no BIGINT NOT NULL, quota_no BIGINT NOT NULL, units BIGINT NOT NULL, PRIMARY KEY (order_no, quota_no)) WITHOUT ROWID;
CREATE INDEX drawn_quota ON drawn (quota_no);

-- Buffers that follow sales, as last computed. Only where not zero.
CREATE TABLE sales_buffer (channel_no BIGINT NOT NULL, variant_no BIGINT NOT NULL, units BIGINT NOT NULL, PRIMARY KEY (channel_no, variant_no)) WITHOUT ROWID;
CREATE INDEX movement_taken ON movement (effective_at) WHERE kind = 'order' AND reserved - on_hand > 0;

-- Goods on their way from one location to another. arrived: units, -1 while under way.
CREATE TABLE transfer (
  transfer_no INTEGER PRIMARY KEY, variant_no BIGINT NOT NULL, from_no BIGINT NOT NULL, to_no BIGINT NOT NULL, units BIGINT NOT NULL, arrived BIGINT NOT NULL,
  sent_at BIGINT NOT NULL, arrived_at BIGINT NOT NULL);
CREATE INDEX transfer_under_way ON transfer (arrived, transfer_no);

-- What made available fall below zero where it was no order.
ALTER TABLE oversell ADD COLUMN cause TEXT NOT NULL DEFAULT '';
