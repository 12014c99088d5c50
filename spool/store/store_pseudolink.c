/*
 * store_pseudolink.c - tables `teacher` and `pseudolink`: what other nodes' tables told
 */
#include "spool/store/statement.h"
#include "spool/store/store_topology.h"

static bool read_teacher(const struct statement *statement, struct stored_teacher *teacher);

void
store_teacher_put(struct store *store, const struct stored_teacher *teacher)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO teacher (node, visible, heard_wall, asked_wall)"
		   " VALUES (:node, :visible, :heard, :asked)"
		   " ON CONFLICT (node) DO UPDATE SET visible = excluded.visible,"
		   " heard_wall = excluded.heard_wall, asked_wall = excluded.asked_wall");

	statement_bind_text(&statement, ":node", teacher->node.text);
	statement_bind_text(&statement, ":visible", teacher->visible.text);
	statement_bind_number(&statement, ":heard", teacher->heard.ms);
	statement_bind_number(&statement, ":asked", teacher->asked.ms);
	statement_run(&statement);
}

void
store_teachers_forget(struct store *store, struct walltime limit, struct walltime now)
{
	struct statement statement = statement_of(
	    store,
	    "DELETE FROM teacher WHERE (heard_wall <= :limit OR heard_wall > :now)"
	    " AND (asked_wall <= :limit OR asked_wall > :now)"
	    " AND NOT EXISTS (SELECT 1 FROM pseudolink WHERE pseudolink.teacher = teacher.node)");

	statement_bind_number(&statement, ":limit", limit.ms);
	statement_bind_number(&statement, ":now", now.ms);
	statement_run(&statement);
}

bool
store_teacher_get(struct store *store, const char *node, struct stored_teacher *teacher)
{
	struct statement statement = statement_of(
	    store, "SELECT node, visible, heard_wall, asked_wall FROM teacher WHERE node = :node");

	statement_bind_text(&statement, ":node", node);
	return read_teacher(&statement, teacher);
}

void
store_pseudolink_put(struct store *store, const struct stored_pseudolink *pseudolink)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO pseudolink (teacher, region, class, heard_wall)"
	                        " VALUES (:teacher, :region, :class, :heard)"
	                        " ON CONFLICT (teacher, region) DO UPDATE SET"
	                        " class = excluded.class, heard_wall = excluded.heard_wall");

	statement_bind_text(&statement, ":teacher", pseudolink->teacher.text);
	statement_bind_text(&statement, ":region", pseudolink->region.text);
	statement_bind_number(&statement, ":class", pseudolink->class);
	statement_bind_number(&statement, ":heard", pseudolink->heard.ms);
	statement_run(&statement);
}

void
store_pseudolink_delete(struct store *store, const char *teacher, const char *region)
{
	struct statement statement = statement_of(
	    store, "DELETE FROM pseudolink WHERE teacher = :teacher AND region = :region");

	statement_bind_text(&statement, ":teacher", teacher);
	statement_bind_text(&statement, ":region", region);
	statement_run(&statement);
}

bool
store_pseudolink_next(struct store *store, const char *teacher, const char *region,
                      struct stored_pseudolink *pseudolink)
{
	struct statement statement =
	    statement_of(store, "SELECT teacher, region, class, heard_wall FROM pseudolink"
	                        " WHERE (teacher, region) > (:teacher, :region)"
	                        " ORDER BY teacher, region LIMIT 1");
	bool found;

	statement_bind_text(&statement, ":teacher", teacher);
	statement_bind_text(&statement, ":region", region);
	found = statement_row(&statement);
	if (found) {
		struct stored_pseudolink row = { .class = PSEUDOLINK_GENUINE };

		statement_text(&statement, 0, row.teacher.text, sizeof(row.teacher.text));
		statement_text(&statement, 1, row.region.text, sizeof(row.region.text));
		row.class    = (enum pseudolink_class)statement_number(&statement, 2);
		row.heard.ms = statement_number(&statement, 3);
		*pseudolink  = row;
	}
	statement_end(&statement);
	return found;
}

static bool
read_teacher(const struct statement *statement, struct stored_teacher *teacher)
{
	bool found = statement_row(statement);

	if (found) {
		statement_text(statement, 0, teacher->node.text, sizeof(teacher->node.text));
		statement_text(statement, 1, teacher->visible.text, sizeof(teacher->visible.text));
		teacher->heard.ms = statement_number(statement, 2);
		teacher->asked.ms = statement_number(statement, 3);
	}
	statement_end(statement);
	return found;
}
