-- 0003_pseudolink.sql - what other nodes' tables have told (routing D20 to D25)
--
-- A spool of schema 2 has heard no tables: both tables begin empty, and are filled by
-- asking. Unlike the *_ms columns of 0001, times here are walltime: what they measure goes
-- on while the node is off. Names are plain names, '' is the world.

-- The nodes whose tables this node has asked for or been told.
CREATE TABLE teacher (
	node       TEXT    NOT NULL PRIMARY KEY,
	visible    TEXT    NOT NULL,      -- the region it is visible in, as its table says
	heard_wall INTEGER NOT NULL,      -- walltime, when a table of it last came; 0 = never
	asked_wall INTEGER NOT NULL       -- walltime, when it was last asked for one; 0 = never
) STRICT, WITHOUT ROWID;

-- `teacher` says that it reaches `region`, and no link that this node knows of does.
CREATE TABLE pseudolink (
	teacher    TEXT    NOT NULL REFERENCES teacher (node),
	region     TEXT    NOT NULL,      -- a region or a node
	class      INTEGER NOT NULL CHECK (class BETWEEN 0 AND 2), -- enum pseudolink_class
	heard_wall INTEGER NOT NULL,      -- walltime, when `teacher` last said so
	PRIMARY KEY (teacher, region)
) STRICT, WITHOUT ROWID;
