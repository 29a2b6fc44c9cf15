-- Times are milliseconds since 1970 UTC; amounts are units; 0 and '' stand for "none", so no column is ever NULL.

CREATE TABLE channel (
  channel_no BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, released BIGINT NOT NULL DEFAULT 0, paused TEXT NOT NULL DEFAULT '',
  applied_through BIGINT NOT NULL DEFAULT 0);
CREATE TABLE location (location_no BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE product (product_no INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, document TEXT NOT NULL, changed_at BIGINT NOT NULL);
CREATE TABLE variant (variant_no INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, product_no BIGINT NOT NULL);
CREATE INDEX variant_product ON variant (product_no);
CREATE TABLE component (variant_no BIGINT NOT NULL, component_no BIGINT NOT NULL, quantity BIGINT NOT NULL, PRIMARY KEY (variant_no, component_no)) WITHOUT ROWID;
CREATE INDEX component_of ON component (component_no);

-- Remote ids, by channel, kind of thing (product, variant, category, image), the thing's own key and the id's name ("@id", "@stock").
CREATE TABLE remote (
  channel_no BIGINT NOT NULL, kind TEXT NOT NULL, thing TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (channel_no, kind, thing, name)) WITHOUT ROWID;
CREATE INDEX remote_text ON remote (channel_no, kind, text);

-- The ledger. A quantity is the sum of its movements; `stock` caches the sums. Append only.
CREATE TABLE movement (
  variant_no BIGINT NOT NULL, sequence BIGINT NOT NULL, location_no BIGINT NOT NULL, kind TEXT NOT NULL, on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL,
  cause TEXT NOT NULL, effective_at BIGINT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (variant_no, sequence)) WITHOUT ROWID;
CREATE UNIQUE INDEX movement_cause ON movement (cause, variant_no, location_no);
CREATE TABLE stock (
  variant_no BIGINT NOT NULL, location_no BIGINT NOT NULL, on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL, counted_at BIGINT NOT NULL,
  counted_cause TEXT NOT NULL, PRIMARY KEY (variant_no, location_no)) WITHOUT ROWID;

CREATE TABLE orders (
  order_no INTEGER PRIMARY KEY, channel_no BIGINT NOT NULL, id TEXT NOT NULL, revision BIGINT NOT NULL, state TEXT NOT NULL, document TEXT NOT NULL,
  resolved TEXT NOT NULL, claim TEXT NOT NULL, taken TEXT NOT NULL, body_hash TEXT NOT NULL, inbox_row BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL, expired BIGINT NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX orders_id ON orders (channel_no, id);
CREATE INDEX orders_changed ON orders (changed_at);
CREATE TABLE unresolved_line (sku TEXT NOT NULL, order_no BIGINT NOT NULL, PRIMARY KEY (sku, order_no)) WITHOUT ROWID;
-- Units of the channel's own open orders that its number does not reflect as we do (daemon/engine/README.md, add-back). Only where not zero.
CREATE TABLE add_back (
  channel_no BIGINT NOT NULL, variant_no BIGINT NOT NULL, order_no BIGINT NOT NULL, units BIGINT NOT NULL,
  PRIMARY KEY (channel_no, variant_no, order_no)) WITHOUT ROWID;

CREATE TABLE inbox (
  row_no INTEGER PRIMARY KEY AUTOINCREMENT, channel_no BIGINT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, headers TEXT NOT NULL,
  received_at BIGINT NOT NULL);
CREATE INDEX inbox_channel ON inbox (channel_no, row_no);
CREATE TABLE parked_row (row_no BIGINT PRIMARY KEY, channel_no BIGINT NOT NULL, reason TEXT NOT NULL, since BIGINT NOT NULL);
CREATE TABLE cursor (channel_no BIGINT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (channel_no, kind)) WITHOUT ROWID;
CREATE TABLE poke (channel_no BIGINT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, not_before BIGINT NOT NULL, PRIMARY KEY (channel_no, kind, subject)) WITHOUT ROWID;

CREATE TABLE listing (
  channel_no BIGINT NOT NULL, product_no BIGINT NOT NULL, state TEXT NOT NULL, tries BIGINT NOT NULL, next_at BIGINT NOT NULL, ticket TEXT NOT NULL,
  sent TEXT NOT NULL, confirmed TEXT NOT NULL, observed TEXT NOT NULL, sent_at BIGINT NOT NULL, confirmed_at BIGINT NOT NULL, observed_at BIGINT NOT NULL,
  PRIMARY KEY (channel_no, product_no)) WITHOUT ROWID;
CREATE TABLE offer (
  channel_no BIGINT NOT NULL, variant_no BIGINT NOT NULL,
  low BIGINT NOT NULL, high BIGINT NOT NULL, anchor_from BIGINT NOT NULL, anchor_to BIGINT NOT NULL, suspect BIGINT NOT NULL, owed_look_at BIGINT NOT NULL,
  verified_at BIGINT NOT NULL, written_at BIGINT NOT NULL, unequal_looks BIGINT NOT NULL,
  number_sent BIGINT NOT NULL, number_confirmed BIGINT NOT NULL, number_observed BIGINT NOT NULL,
  price_sent TEXT NOT NULL, price_confirmed TEXT NOT NULL, price_observed TEXT NOT NULL, price_sent_at BIGINT NOT NULL, price_observed_at BIGINT NOT NULL,
  PRIMARY KEY (channel_no, variant_no)) WITHOUT ROWID;
CREATE INDEX offer_owed ON offer (channel_no, owed_look_at);

-- What must be looked at again. aspect: stock and price (thing = variant_no), content (thing = product_no).
CREATE TABLE mark (
  channel_no BIGINT NOT NULL, aspect TEXT NOT NULL, thing BIGINT NOT NULL, generation BIGINT NOT NULL, since BIGINT NOT NULL, cause TEXT NOT NULL,
  by_order BIGINT NOT NULL, batch BIGINT NOT NULL, not_before BIGINT NOT NULL, parked TEXT NOT NULL, parked_hash TEXT NOT NULL,
  PRIMARY KEY (channel_no, aspect, thing)) WITHOUT ROWID;
CREATE TABLE batch (batch_no INTEGER PRIMARY KEY, author TEXT NOT NULL, at BIGINT NOT NULL, closed BIGINT NOT NULL);

CREATE TABLE intent (
  intent_no INTEGER PRIMARY KEY AUTOINCREMENT, channel_no BIGINT NOT NULL, aspect TEXT NOT NULL, thing BIGINT NOT NULL, value BIGINT NOT NULL,
  delta BIGINT NOT NULL, relative BIGINT NOT NULL, before_value BIGINT NOT NULL, hash TEXT NOT NULL, generation BIGINT NOT NULL, cause TEXT NOT NULL,
  committed_at BIGINT NOT NULL, taken_since BIGINT NOT NULL, given_since BIGINT NOT NULL, outcome TEXT NOT NULL, reply TEXT NOT NULL,
  finished_at BIGINT NOT NULL);
CREATE INDEX intent_thing ON intent (channel_no, aspect, thing, intent_no);
CREATE INDEX intent_open ON intent (outcome, channel_no) WHERE outcome = '';

CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT NOT NULL, what TEXT NOT NULL, cause TEXT NOT NULL, channel_no BIGINT NOT NULL, thing TEXT NOT NULL,
  detail TEXT NOT NULL);
CREATE INDEX journal_thing ON journal (thing, sequence);
CREATE TABLE problem (
  channel_no BIGINT NOT NULL, kind TEXT NOT NULL, thing TEXT NOT NULL, reason TEXT NOT NULL, todo TEXT NOT NULL, since BIGINT NOT NULL,
  PRIMARY KEY (channel_no, kind, thing)) WITHOUT ROWID;
CREATE TABLE oversell (
  oversell_no INTEGER PRIMARY KEY, at BIGINT NOT NULL, variant_no BIGINT NOT NULL, order_no BIGINT NOT NULL, other_order_no BIGINT NOT NULL,
  short BIGINT NOT NULL, delay_ms BIGINT NOT NULL, rule TEXT NOT NULL);
CREATE TABLE held (
  digest TEXT PRIMARY KEY, channel_no BIGINT NOT NULL, aspect TEXT NOT NULL, reason TEXT NOT NULL, since BIGINT NOT NULL, count BIGINT NOT NULL);
CREATE TABLE held_item (digest TEXT NOT NULL, thing BIGINT NOT NULL, PRIMARY KEY (digest, thing)) WITHOUT ROWID;
CREATE TABLE due (kind TEXT NOT NULL, thing BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (kind, thing)) WITHOUT ROWID;
CREATE INDEX due_at ON due (at);
CREATE TABLE metered (channel_no BIGINT NOT NULL, aspect TEXT NOT NULL, thing BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (channel_no, aspect, thing)) WITHOUT ROWID;
