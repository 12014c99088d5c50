-- 0004_link.sql - what is known of a link beyond its description
--
-- A spool of schema 3 has heard of no link: its links count as heard when it is served next.

CREATE TABLE link (
	neighbor TEXT    NOT NULL PRIMARY KEY, -- plain name; the links to one neighbor share a row
	heard_ms INTEGER NOT NULL         -- spool time when it was last heard, or first described
) STRICT, WITHOUT ROWID;
