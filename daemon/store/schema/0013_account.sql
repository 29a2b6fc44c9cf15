-- Which account on its platform the channel is, in words: kept once there is a history with it, until a person says that it moved.
ALTER TABLE channel ADD COLUMN account TEXT NOT NULL DEFAULT '';
