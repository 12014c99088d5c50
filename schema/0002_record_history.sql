-- 0002_record_history.sql - what the network looked like before
--
-- A spool of an older schema kept only the newest record of each node: its history begins
-- with the first record that takes the place of another.

-- Records that were replaced or forgotten, in the order in which that happened.
CREATE TABLE record_history (
	key        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
	node       TEXT    NOT NULL,      -- plain name
	serial     INTEGER NOT NULL,      -- as record.serial
	from_wall  INTEGER NOT NULL,      -- walltime, when it came
	until_wall INTEGER NOT NULL,      -- walltime, when it went
	bytes      BLOB    NOT NULL       -- as record.bytes
) STRICT;
CREATE INDEX record_history_by_node ON record_history (node);
CREATE INDEX record_history_by_until ON record_history (until_wall);
