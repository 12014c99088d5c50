-- 0010_link_label.sql - several links to one neighbor, each with what is known of it
--
-- The rows of schema 9 are those of the plain links. A link with a label counts as heard when
-- its node is served next. `limit { per-day }` has counted nothing yet.

ALTER TABLE link RENAME TO link_of_schema_9;

CREATE TABLE link (
	neighbor TEXT    NOT NULL,        -- plain name
	label    TEXT    NOT NULL,        -- as in `link NEIGHBOR as LABEL`; '' = the plain one
	heard_ms INTEGER NOT NULL,        -- spool time when it was last heard, or first described
	delay_ms INTEGER,                 -- as told in our own record; NULL = never measured
	topology_bytes  INTEGER NOT NULL CHECK (topology_bytes >= 0), -- of `limit { topology }`, in the day ...
	topology_day_ms INTEGER NOT NULL, -- ... that began at this spool time, with its first byte
	day_bytes INTEGER NOT NULL CHECK (day_bytes >= 0), -- the same of `limit { per-day }`
	day_ms    INTEGER NOT NULL,
	PRIMARY KEY (neighbor, label)
) STRICT, WITHOUT ROWID;

INSERT INTO link SELECT neighbor, '', heard_ms, delay_ms, topology_bytes, topology_day_ms, 0, 0
	FROM link_of_schema_9;

DROP TABLE link_of_schema_9;
