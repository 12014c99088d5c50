-- 0008_topology_limit.sql - how much the network's own news may take of a link
--
-- In a spool of schema 7 nothing was counted, and what waits is not told apart: older rows
-- say '' and are never replaced by a newer record.

-- Today's share of the link's `limit { topology }`: a day begins with the first byte after the last.
ALTER TABLE link ADD COLUMN topology_bytes INTEGER NOT NULL DEFAULT 0 CHECK (topology_bytes >= 0);
ALTER TABLE link ADD COLUMN topology_day_ms INTEGER NOT NULL DEFAULT 0; -- spool time when it began

-- The node whose record a copy tells, and nothing else; '' = it tells anything else. A newer
-- record of that node takes the place of one that waits.
ALTER TABLE copy ADD COLUMN about TEXT NOT NULL DEFAULT '';
CREATE INDEX copy_by_about ON copy (neighbor, about) WHERE about != '';
