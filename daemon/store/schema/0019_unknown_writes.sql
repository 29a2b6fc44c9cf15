-- Writes that nobody answered, which may land for a while: few of all.
CREATE INDEX intent_unknown ON intent (channel_no, aspect, thing, intent_no) WHERE outcome = 'unknown';
