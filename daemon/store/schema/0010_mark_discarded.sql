-- The person who discarded what this mark would have written: while that is still what it would write, it is left alone.
ALTER TABLE mark ADD COLUMN discarded_by TEXT NOT NULL DEFAULT '';
