-- Parcels on their way, one row a number of a carrier; an order may have several, and orders that were sent together share one. channel_no: who
-- tracks it; 0: nobody. watch: wanted (it is to be followed, or asked for), followed (we are told of it), over, untracked. event: the newest that
-- is known, without the people in it. asked_at: before the tracker was asked, so that no restart asks sooner than it may.
CREATE TABLE parcel (
  parcel_no INTEGER PRIMARY KEY AUTOINCREMENT, channel_no BIGINT NOT NULL, carrier TEXT NOT NULL, number TEXT NOT NULL, watch TEXT NOT NULL,
  state TEXT NOT NULL, since BIGINT NOT NULL, event TEXT NOT NULL, event_at BIGINT NOT NULL, added_at BIGINT NOT NULL, asked_at BIGINT NOT NULL,
  next_due BIGINT NOT NULL, tries BIGINT NOT NULL, problem TEXT NOT NULL);
CREATE UNIQUE INDEX parcel_number ON parcel (number, carrier);
CREATE INDEX parcel_due ON parcel (channel_no, next_due, parcel_no) WHERE watch IN ('wanted', 'followed');
CREATE TABLE order_parcel (order_no BIGINT NOT NULL, parcel_no BIGINT NOT NULL, PRIMARY KEY (order_no, parcel_no)) WITHOUT ROWID;
CREATE INDEX order_parcel_parcel ON order_parcel (parcel_no, order_no);
