-- Writes that are in the air, by what they write: of one thing there are few, and of its finished ones more every day.
CREATE INDEX intent_open_thing ON intent (channel_no, aspect, thing, intent_no) WHERE outcome = '';
