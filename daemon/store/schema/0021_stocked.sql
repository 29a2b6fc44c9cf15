-- What anything but orders moved: the queries that ask for it say so in the same words.
CREATE INDEX movement_stocked ON movement (location_no) WHERE kind NOT IN ('order', 'cover');
