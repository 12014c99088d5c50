-- 0011_carry.sql - what is on its way by hand: sticks, tapes, files for a one-way link
--
-- A spool of schema 10 has written none. Times are walltime: what they measure goes on while the
-- node is off.

-- One writing, to one place: `mulga carry out` once, or one visit to a watched folder.
CREATE TABLE stick (
	key          INTEGER PRIMARY KEY AUTOINCREMENT, -- what people call it by; never used again
	place        TEXT    NOT NULL,    -- where it was written to, as the writer says
	state        INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2), -- enum stick_state
	written_wall INTEGER NOT NULL,    -- walltime
	overdue_wall INTEGER NOT NULL     -- walltime, when what was not acknowledged goes again
) STRICT;

-- What one neighbor is to have of it.
CREATE TABLE bundle (
	key        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
	stick      INTEGER NOT NULL REFERENCES stick (key),
	neighbor   TEXT    NOT NULL,      -- plain name
	id         TEXT    NOT NULL,      -- of bundle.h, 32 hexadecimal digits: its file's name
	token      BLOB    NOT NULL UNIQUE CHECK (length(token) = 16), -- who can read it knows this
	size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT;
CREATE INDEX stick_by_overdue ON stick (overdue_wall) WHERE state = 0;
CREATE INDEX bundle_by_stick ON bundle (stick);

-- Copies that are in a bundle and not acknowledged. A row may outlive its copy for a while, when
-- that ended otherwise.
CREATE TABLE carried (
	bundle INTEGER NOT NULL REFERENCES bundle (key),
	item   INTEGER NOT NULL CHECK (item >= 0), -- its number in the bundle
	copy   INTEGER NOT NULL,          -- a copy.key, of now or of before
	PRIMARY KEY (bundle, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_by_copy ON carried (copy);
