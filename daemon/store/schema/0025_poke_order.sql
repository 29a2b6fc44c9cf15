-- What is to be fetched next, among thousands that wait.
CREATE INDEX poke_order ON poke (channel_no, kind, not_before, subject);
