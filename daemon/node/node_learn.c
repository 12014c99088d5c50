/*
 * node_learn.c - tables of other nodes: asked for, told, believed for a while
 *
 * Records (node_topology.c) reach only those who are visible to each other and neighbors;
 * beyond that a node lives on what wider nodes' tables say (D20-D25). Each table is one
 * message of service "control": asked for by "ask-table", or broadcast to the nodes that the
 * teller is wider than when a region above its own visible one comes into reach.
 *
 * An idle network stays silent, and a restart asks for nothing that is still fresh: when each
 * teacher was asked and heard is in the spool, and it is asked again only after a day, when the
 * link comes up or what it told grows old; while a region is missing, after pauses that double. A broadcast
 * is held so that news that comes together goes together, and the next one for minutes; what
 * was told last is in the spool too, so that neither a restart nor a crash tells it again or
 * swallows it.
 *
 * Age is counted in walltime, because it goes on while the node is off. Clocks of such
 * machines are set while they run, so a jump beside the monotonic clock moves what was heard
 * by as much, and nothing was heard in the future.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/route/route_learn.h"

#define TITLE_ASK   "ask-table"
#define TITLE_TABLE "table"

#define SETTING_TOLD "table-told" /* bit i: the ancestor of i components was there when told */

enum {
	TOGETHER_MS = 1000,   /* what becomes known together is broadcast together  */
	HOLD_MS     = 300000, /* from one broadcast to the next                     */
	UPKEEP_MS   = 3600000,
	MISSED_MS   = 600000,  /* from asking about an unknown node to doing so again  */
	SEEK_MS     = 60000,   /* a missing region is asked for again, later each time */
	JUMP_MS     = 3600000, /* the clock was set if it went so much astray       */
};

#define ASK_MS     NODE_DAY_MS       /* a teacher is not asked more often      */
#define REFRESH_MS (3 * NODE_DAY_MS) /* what is older is asked for again ...   */
#define FORGET_MS  (7 * NODE_DAY_MS) /* ... and dropped when it is older still */

static void     ask_nearest(struct node *node, int64_t age_ms);
static void     seek(struct node *node);
static void     ask(struct node *node, const char *teacher, int64_t pause_ms);
static void     answer(struct node *node, const char *asker);
static void     take(struct node *node, const char *sender, struct span body);
static void     broadcast(struct node *node);
static void     tell(struct node *node, const struct destination *to);
static uint64_t ancestors_reached(const struct node *node, bool *all);
static void     keep(struct node *node);
static void     put(struct node *node, const struct topology_pseudolink *pseudolink);
static int      place_compare(const struct node *node, const struct topology_pseudolink *pseudolink,
                              const struct stored_pseudolink *stored);
static void     upkeep(struct node *node);
static void     follow_clock(struct node *node);
static bool     is_older(const struct node *node, struct walltime since, int64_t age_ms);
static void     teacher_get(struct node *node, const char *name, struct stored_teacher *teacher);

void
node_learn_load(struct node *node)
{
	struct stored_pseudolink pseudolink = { .class = PSEUDOLINK_GENUINE };
	struct stored_teacher    teacher;

	while (store_pseudolink_next(node->store, pseudolink.teacher.text, pseudolink.region.text,
	                             &pseudolink)) {
		if (!store_teacher_get(node->store, pseudolink.teacher.text, &teacher) ||
		    topology_visible_put(&node->topology, teacher.node.text,
		                         teacher.visible.text) != STATUS_OK)
			continue;
		topology_pseudolink_put(&node->topology, teacher.node.text, pseudolink.region.text,
		                        pseudolink.class, pseudolink.heard);
	}
	node->clock_ms    = node->now.wall.ms - node->now.instant.ms;
	node->table_due   = INSTANT_NEVER;
	node->learn_again = node->now.instant;
	node->seek_due    = INSTANT_NEVER;
	node->missed_due  = INSTANT_NEVER;
	node->seek_ms     = SEEK_MS;
}

void
node_learn_greet(struct node *node, const char *neighbor)
{
	ask(node, neighbor, ASK_MS);
}

bool
node_learn_control(struct node *node, const char *title, const char *origin, struct span body)
{
	if (strcmp(title, TITLE_ASK) == 0)
		answer(node, origin);
	else if (strcmp(title, TITLE_TABLE) == 0)
		take(node, origin, body);
	else
		return false;
	return true;
}

void
node_learn_forget(struct node *node)
{
	if (route_forget(&node->topology, node->name.text) > 0 || node->learned)
		keep(node);
	node->learned = false;
}

void
node_learn_purge(struct node *node)
{
	store_teachers_forget(node->store, (struct walltime){ node->now.wall.ms - FORGET_MS },
	                      node->now.wall);
}

void
node_learn_changed(struct node *node)
{
	bool     all;
	uint64_t reached = ancestors_reached(node, &all);
	uint64_t told    = (uint64_t)store_setting_number(node->store, SETTING_TOLD, 0);

	ask_nearest(node, REFRESH_MS);
	if (all)
		node->joining = false;
	if (!route_learn_misses(&node->topology, &node->tables)) {
		node->seek_due = INSTANT_NEVER;
		node->seek_ms  = SEEK_MS;
		node->sought   = (struct name){ .text = "" };
	} else if (node->seek_due.ms == INSTANT_NEVER.ms) {
		seek(node);
	}
	if (topology_table_region(&node->topology, node->name.text) == NULL)
		return;             /* nobody is narrower than this node and near it */
	if ((told & ~reached) != 0) /* what went is news when it comes back */
		store_setting_put_number(node->store, SETTING_TOLD, (int64_t)(told & reached));
	if ((reached & ~told) == 0)
		node->table_due = INSTANT_NEVER;
	else if (node->table_due.ms == INSTANT_NEVER.ms)
		node->table_due = instant_after(node->now.instant, TOGETHER_MS);
	if (node->table_due.ms < node->table_free.ms)
		node->table_due = node->table_free;
}

/*
 * Somebody's record came whom no record and no table mentions: in a part of the region that is
 * reached through nodes that this one does not see. The teachers may know by now.
 */
void
node_learn_missed(struct node *node)
{
	if (node->missed_due.ms == INSTANT_NEVER.ms)
		node->missed_due = instant_after(node->now.instant, SEEK_MS);
	if (node->missed_due.ms < node->missed_free.ms)
		node->missed_due = node->missed_free;
}

void
node_learn_run(struct node *node)
{
	if (instant_reached(node->learn_again, node->now.instant)) {
		node->learn_again = instant_after(node->now.instant, UPKEEP_MS);
		upkeep(node);
	}
	if (instant_reached(node->seek_due, node->now.instant))
		seek(node);
	if (instant_reached(node->missed_due, node->now.instant)) {
		node->missed_due  = INSTANT_NEVER;
		node->missed_free = instant_after(node->now.instant, MISSED_MS);
		ask_nearest(node, SEEK_MS);
	}
	if (instant_reached(node->table_due, node->now.instant)) {
		node->table_due  = INSTANT_NEVER;
		node->table_free = instant_after(node->now.instant, HOLD_MS);
		broadcast(node);
	}
}

struct instant
node_learn_deadline(const struct node *node)
{
	struct instant asks = instant_earlier(node->seek_due, node->missed_due);

	return instant_earlier(asks, instant_earlier(node->learn_again, node->table_due));
}

/* D24, D32. The nearest wider nodes, by either preference, unless what they told is fresher. */
static void
ask_nearest(struct node *node, int64_t age_ms)
{
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		const char           *nearest = node->tables.teachers[i];
		struct stored_teacher teacher;

		if (nearest == NULL)
			continue;
		teacher_get(node, nearest, &teacher);
		if (is_older(node, teacher.heard, age_ms))
			ask(node, nearest, age_ms < ASK_MS ? age_ms : ASK_MS);
	}
}

/*
 * D24. While a region above is missing the wider nodes are asked, the nearest first: it may not
 * have known them yet, or not us when it told of them; and if its own way there leads through
 * us it has nothing to tell, but the next one may.
 */
static void
seek(struct node *node)
{
	bool        all;
	const char *after = node->sought.text[0] != '\0' ? node->sought.text : NULL;
	const char *teacher =
	    route_learn_from(&node->topology, node->name.text, ROUTE_FASTEST, after);

	if (teacher == NULL && after != NULL)
		teacher = node->tables.teachers[ROUTE_FASTEST]; /* all were asked: again */
	ancestors_reached(node, &all);
	node->joining  = teacher != NULL && !all;
	node->seek_due = INSTANT_NEVER;
	if (teacher == NULL)
		return;
	snprintf(node->sought.text, sizeof(node->sought.text), "%s", teacher);
	ask(node, teacher, SEEK_MS);
	node->seek_due = instant_after(node->now.instant, node->seek_ms);
	if (node->seek_ms < ASK_MS)
		node->seek_ms *= 2;
}

/* Unless it was asked, or heard, only now. */
static void
ask(struct node *node, const char *name, int64_t pause_ms)
{
	struct stored_teacher teacher;
	struct address        to;

	teacher_get(node, name, &teacher);
	if (!is_older(node, teacher.heard, pause_ms) || !is_older(node, teacher.asked, pause_ms))
		return;
	teacher.asked = node->now.wall;
	store_teacher_put(node->store, &teacher);
	address_init(&to);
	if (address_add_text(&to, name, NULL) == STATUS_OK)
		node_tell(node, TITLE_ASK, PRIORITY_URGENT, &to, (struct span){ NULL, 0 });
	address_release(&to);
}

/* A neighbor may ask, and whoever this node is wider than. */
bool
node_learn_may_ask(const struct node *node, const char *asker)
{
	return node_link_find(node, asker) != NULL ||
	       name_within(asker, topology_visible(&node->topology, node->name.text));
}

static void
answer(struct node *node, const char *asker)
{
	struct destination to;

	if (!node_learn_may_ask(node, asker)) {
		log_line(LOG_INFO, "%s asks for the table, and is not to have it", asker);
		return;
	}
	node_tell_forget(node, TITLE_TABLE, asker);
	destination_init(&to);
	memcpy(to.node.text, asker, strlen(asker) + 1);
	tell(node, &to);
	destination_release(&to);
}

static void
take(struct node *node, const char *sender, struct span body)
{
	struct arena          arena;
	struct route_message  message;
	struct diagnostic     diagnostic;
	struct stored_teacher teacher;
	size_t                added;

	arena_init(&arena);
	diagnostic_init(&diagnostic);
	if (route_message_decode(&message, sender, body, &arena, &diagnostic) != STATUS_OK) {
		log_line(LOG_WARNING, "the table of %s does not decode: %s", sender,
		         diagnostic.text);
	} else if (topology_mentions(&node->topology, sender) &&
	           name_within(sender, message.visible)) {
		teacher_get(node, sender, &teacher);
		teacher.heard = node->now.wall;
		snprintf(teacher.visible.text, sizeof(teacher.visible.text), "%s", message.visible);
		store_teacher_put(node->store, &teacher);
		added = route_learn(&node->topology, node->name.text, &message, node->now.wall);
		if (added > 0)
			node_unmentioned_try(node);
		log_line(LOG_DEBUG, "the table of %s: %zu of %zu rows are new", sender, added,
		         message.count);
		node->learned          = true;
		node->topology_changed = true;
	}
	arena_release(&arena);
}

/* D25. */
static void
broadcast(struct node *node)
{
	const char        *region = topology_table_region(&node->topology, node->name.text);
	struct destination to;
	bool               all;

	if (region == NULL)
		return;
	destination_init(&to);
	to.broadcast = true;
	memcpy(to.node.text, region, strlen(region) + 1);
	tell(node, &to);
	destination_release(&to);
	store_setting_put_number(node->store, SETTING_TOLD, (int64_t)ancestors_reached(node, &all));
}

/* In as many messages as it takes. A node is not told of the ways that lead through itself. */
static void
tell(struct node *node, const struct destination *to)
{
	const struct route_table *table   = &node->tables.tables[ROUTE_FASTEST];
	struct route_told        *rows    = memory_new(table->count + 1, sizeof(rows[0]));
	struct route_message      message = { .visible = node->tables.visible, .rows = rows };
	struct buffer             body;
	struct address            address;
	size_t                    done = 0;

	for (size_t i = 0; i < table->count; i++) {
		rows[message.count] = route_told_of(&node->tables, i);
		if (!route_told_by(&rows[message.count], to->node.text))
			message.count++;
	}
	address_init(&address);
	address_add(&address, to);
	buffer_init(&body);
	do {
		buffer_clear(&body);
		done = route_message_encode(&message, done, &body);
		node_tell(node, TITLE_TABLE, PRIORITY_URGENT, &address, buffer_span(&body));
	} while (done < message.count);
	buffer_release(&body);
	address_release(&address);
	free(rows);
}

/* The proper ancestors of the visible region that the tables have, as in SETTING_TOLD. */
static uint64_t
ancestors_reached(const struct node *node, bool *all)
{
	const struct route_table *table   = &node->tables.tables[ROUTE_FASTEST];
	uint64_t                  reached = 0;

	*all = true;
	for (const char *region = name_parent(node->tables.visible); region != NULL;
	     region             = name_parent(region)) {
		unsigned depth = 0;

		for (const char *above = name_parent(region); above != NULL;
		     above             = name_parent(above))
                        depth++;
		if (route_table_at(table, region) != NULL)
			reached |= UINT64_C(1) << depth;
		else
			*all = false;
	}
	return reached;
}

/* Makes the spool's pseudolinks those of the topology; both are in the order of their names. */
static void
keep(struct node *node)
{
	const struct topology   *topology = &node->topology;
	struct stored_pseudolink stored   = { .class = PSEUDOLINK_GENUINE };
	bool                     more     = store_pseudolink_next(node->store, "", "", &stored);
	size_t                   i        = 0;

	while (more || i < topology->pseudolink_count) {
		int order = !more ? -1
		            : i == topology->pseudolink_count
		                ? 1
		                : place_compare(node, &topology->pseudolinks[i], &stored);

		if (order > 0)
			store_pseudolink_delete(node->store, stored.teacher.text,
			                        stored.region.text);
		else if (order < 0 || topology->pseudolinks[i].class != stored.class ||
		         topology->pseudolinks[i].heard.ms != stored.heard.ms)
			put(node, &topology->pseudolinks[i]);
		if (order <= 0)
			i++;
		if (order >= 0)
			more = store_pseudolink_next(node->store, stored.teacher.text,
			                             stored.region.text, &stored);
	}
}

static void
put(struct node *node, const struct topology_pseudolink *pseudolink)
{
	const struct region_tree *names = &node->topology.names;
	struct stored_pseudolink  row = { .class = pseudolink->class, .heard = pseudolink->heard };

	snprintf(row.teacher.text, sizeof(row.teacher.text), "%s",
	         region_tree_text(names, pseudolink->from));
	snprintf(row.region.text, sizeof(row.region.text), "%s",
	         region_tree_text(names, pseudolink->to));
	store_pseudolink_put(node->store, &row);
}

static int
place_compare(const struct node *node, const struct topology_pseudolink *pseudolink,
              const struct stored_pseudolink *stored)
{
	const struct region_tree *names = &node->topology.names;
	int order = strcmp(region_tree_text(names, pseudolink->from), stored->teacher.text);

	return order != 0 ? order
	                  : strcmp(region_tree_text(names, pseudolink->to), stored->region.text);
}

/* What nobody has said for a week goes; what nobody has said for some days is asked for. */
static void
upkeep(struct node *node)
{
	struct walltime limit = { node->now.wall.ms - FORGET_MS };
	uint32_t        last  = REGION_TREE_NONE; /* a teacher's pseudolinks stand together */

	follow_clock(node);
	if (topology_pseudolinks_expire(&node->topology, limit) > 0) {
		node->learned          = true;
		node->topology_changed = true;
	}
	if (topology_renames_expire(&node->topology, node->now.wall) > 0)
		node->topology_changed = true;
	for (size_t i = 0; i < node->topology.pseudolink_count; i++) {
		const struct topology_pseudolink *pseudolink = &node->topology.pseudolinks[i];

		if (pseudolink->from != last && is_older(node, pseudolink->heard, REFRESH_MS)) {
			last = pseudolink->from;
			ask(node, region_tree_text(&node->topology.names, pseudolink->from),
			    ASK_MS);
		}
	}
	ask_nearest(node, REFRESH_MS);
	if (node->home->database_full_from.text[0] != '\0')
		node_full_run(node);
}

static void
follow_clock(struct node *node)
{
	int64_t clock_ms = node->now.wall.ms - node->now.instant.ms;
	int64_t jump_ms  = clock_ms - node->clock_ms;

	node->clock_ms = clock_ms;
	if (jump_ms < JUMP_MS && jump_ms > -JUMP_MS)
		jump_ms = 0;
	for (size_t i = 0; i < node->topology.pseudolink_count; i++) {
		struct walltime *heard = &node->topology.pseudolinks[i].heard;
		int64_t          ms    = heard->ms + jump_ms;

		ms = ms > node->now.wall.ms ? node->now.wall.ms : ms;
		if (ms != heard->ms) {
			heard->ms              = ms;
			node->learned          = true;
			node->topology_changed = true;
		}
	}
}

/* A time in the future, by a clock that was set back, is of unknown age. */
static bool
is_older(const struct node *node, struct walltime since, int64_t age_ms)
{
	return since.ms > node->now.wall.ms || since.ms <= node->now.wall.ms - age_ms;
}

static void
teacher_get(struct node *node, const char *name, struct stored_teacher *teacher)
{
	if (store_teacher_get(node->store, name, teacher))
		return;
	*teacher = (struct stored_teacher){ .heard = { 0 } };
	snprintf(teacher->node.text, sizeof(teacher->node.text), "%s", name);
	teacher->visible = teacher->node; /* D11, until it has said more */
}
