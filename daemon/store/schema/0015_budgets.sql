-- Requests that were counted against a budget that a platform publishes, one row a stretch of time (entity '': the whole account). Written
-- before the request leaves, so a row may say a few more than left; gone when the stretch counts no more. The platform's own days go by the
-- clock, other stretches by time that passed.
CREATE TABLE budget_use (
  channel TEXT NOT NULL, budget TEXT NOT NULL, entity TEXT NOT NULL, by_day BIGINT NOT NULL, begins_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  requests BIGINT NOT NULL, PRIMARY KEY (channel, budget, entity, by_day, begins_at)) WITHOUT ROWID;
-- One moment in the three ways of telling it: a clock that is set between two starts moves no stretch.
CREATE TABLE budget_clock (
  one BIGINT PRIMARY KEY CHECK (one = 1), passed BIGINT NOT NULL, clock BIGINT NOT NULL, since_start BIGINT NOT NULL);
