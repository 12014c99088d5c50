-- 0006_operator_route.sql - the explicit and pinned routes that are in force, and since when
--
-- A spool of schema 5 does not know since when: the lines of its node's description count as
-- new when the daemon next starts.

CREATE TABLE operator_route (
	region     TEXT    NOT NULL,      -- what it is for: a node or a region; '' is the world
	preference INTEGER NOT NULL CHECK (preference BETWEEN 0 AND 3), -- 0: an explicit route; else a
	                                  -- pinned one for 1 the fastest, 2 the cheapest, 3 both tables
	way        TEXT    NOT NULL,      -- explicit: a!b!*, as an address has it; pinned: the neighbor
	since_wall INTEGER NOT NULL,      -- walltime, when this line came into force
	PRIMARY KEY (region, preference)
) STRICT, WITHOUT ROWID;
