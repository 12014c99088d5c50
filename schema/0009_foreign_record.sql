-- 0009_foreign_record.sql - records of nodes that are not visible here, as a hub told them
--
-- Only a node whose description says `database full-from HUB` has any (D29). Routing tables
-- are never computed from them. A spool of schema 8 has asked no hub: the table begins empty.

CREATE TABLE foreign_record (
	node       TEXT    NOT NULL PRIMARY KEY, -- plain name
	serial     INTEGER NOT NULL,      -- as record.serial
	hub        TEXT    NOT NULL,      -- who told it
	taken_wall INTEGER NOT NULL,      -- walltime, when the hub last did
	bytes      BLOB    NOT NULL       -- as record.bytes
) STRICT;
