-- What `status` counts is counted in an index: a walk through a million offers would take longer than the question is worth.

CREATE INDEX offer_verified ON offer (channel_no, verified_at);
CREATE INDEX offer_suspect ON offer (channel_no) WHERE suspect = 1;
CREATE INDEX offer_price_differs ON offer (channel_no)
  WHERE price_observed <> '' AND price_observed_at > price_sent_at AND price_observed <> price_confirmed;
CREATE INDEX listing_state ON listing (channel_no, state);
CREATE INDEX batch_open ON batch (batch_no) WHERE closed = 0;
CREATE INDEX parked_row_channel ON parked_row (channel_no, row_no);
