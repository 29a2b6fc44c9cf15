-- How many of its orders a channel told were cancelled, or had left, in each hour (kind: cancelled, shipped); not what a person here did.
CREATE TABLE told_hour (
  channel_no BIGINT NOT NULL, kind TEXT NOT NULL, hour BIGINT NOT NULL, orders BIGINT NOT NULL, PRIMARY KEY (channel_no, kind, hour)) WITHOUT ROWID;
