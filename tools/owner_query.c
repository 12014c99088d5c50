/*
 * owner_query.c - the verbs that read, on a spool that no daemon has open
 *
 * The lock keeps a daemon from starting while the spool is read; the database is opened
 * read-only and never migrated (architecture section 3, "one owner").
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/home/home_key.h"
#include "spool/query/query.h"
#include "spool/route/route_options.h"
#include "spool/store/store_topology.h"
#include "spool/topology/local_record.h"
#include "spool/trust/node_key.h"
#include "tools/complain.h"
#include "tools/owner.h"

static int         lock_spool(const struct home *home, int *lock);
static int         open_store(const struct home *home, struct store **store);
static const char *own_key(const struct home *home, struct buffer *public);
static int         answer(const struct owner_call *call, struct store *store,
                          const struct description_node *home);
static void        load_foreign(struct store *store, struct topology *topology);
static void        load_topology(struct store *store, const struct description_node *home,
                                 struct topology *topology);
static void        put_home(struct store *store, const struct description_node *home,
                            struct topology *topology);

int
owner_query(const struct owner_call *call)
{
	struct description description;
	struct store      *store = NULL;
	int                lock  = -1;
	int                code;

	description_init(&description);
	code = owner_read_description(&call->home->description, 1, false, &description);
	if (code == EX_NOINPUT)
		code = OWNER_NO_SPOOL;
	if (code == 0 && description.node_count != 1) {
		complain("%s describes %zu nodes, not this one", call->home->description,
		         description.node_count);
		code = EX_CONFIG;
	}
	if (code == 0)
		code = lock_spool(call->home, &lock);
	if (code == 0)
		code = open_store(call->home, &store);
	if (code == 0)
		code = answer(call, store, &description.nodes[0]);
	store_close(store);
	if (lock >= 0)
		close(lock);
	description_release(&description);
	return code;
}

static int
lock_spool(const struct home *home, int *lock)
{
	*lock = open(home->lock, O_RDONLY | O_CLOEXEC);
	if (*lock < 0) {
		complain("no daemon answers, and its spool cannot be read: %s: %s", home->lock,
		         strerror(errno));
		return OWNER_NO_SPOOL;
	}
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	complain("the daemon has the spool and does not answer yet; try again");
	return EX_TEMPFAIL;
}

static int
open_store(const struct home *home, struct store **store)
{
	const struct store_options options = { .read_only = true };
	struct diagnostic          diagnostic;
	enum status                status;

	diagnostic_init(&diagnostic);
	status = store_open(store, home->database, &options, &diagnostic);
	if (status == STATUS_OK)
		return 0;
	complain("%s: %s", home->database, diagnostic.text);
	return status == STATUS_BUSY ? EX_TEMPFAIL : OWNER_NO_SPOOL;
}

/* NULL: who asks may not read it, or there is none. Released by the caller. */
static const char *
own_key(const struct home *home, struct buffer *public)
{
	struct buffer pem;
	bool          known;

	buffer_init(public);
	buffer_init(&pem);
	known = home_key_read(home, &pem, NULL) == STATUS_OK &&
	        node_key_public(buffer_span(&pem), public) == STATUS_OK;
	if (pem.length > 0)
		explicit_bzero(pem.data, pem.length);
	buffer_release(&pem);
	return known ? buffer_text(public) : NULL;
}

static int
answer(const struct owner_call *call, struct store *store, const struct description_node *home)
{
	const struct passwd *user = getpwuid(getuid());
	struct topology      topology, full;
	struct route_options options;
	struct route_tables  tables;
	struct buffer        out, errors, key;
	const char         **arguments = memory_new(call->word_count + 1, sizeof(arguments[0]));
	int                  code;
	struct query         query = { .store       = store,
		                       .home        = home,
		                       .topology    = &topology,
		                       .full        = &full,
		                       .tables      = &tables,
		                       .user        = user != NULL ? user->pw_name : "",
		                       .is_operator = true, /* who may read the spool's file */
		                       .json        = call->json };

	query.key      = own_key(call->home, &key);
	query.now.wall = owner_walltime();
	query.spool_ms = store_setting_number(store, "spool-ms", 0);
	topology_init(&topology);
	topology_init(&full);
	load_topology(store, home, &topology);
	if (home->database_full_from.text[0] != '\0')
		load_foreign(store, &full);
	load_topology(store, home, &full);
	topology_renames_expire(&topology, query.now.wall);
	route_options_from_description(home, &options);
	route_tables_compute(&topology, home->name.text, &options, &tables);
	route_options_release(&options);
	buffer_init(&out);
	buffer_init(&errors);
	arguments[0] = call->verb;
	memcpy(arguments + 1, call->words, call->word_count * sizeof(arguments[0]));
	code = query_run(&query, arguments, call->word_count + 1, &out, &errors);
	if (code == QUERY_NOT_MINE) {
		complain("%s needs the daemon", call->verb);
		code = OWNER_NO_SPOOL;
	}
	owner_say(&out, &errors);
	buffer_release(&out);
	buffer_release(&errors);
	buffer_release(&key);
	free(arguments);
	route_tables_release(&tables);
	topology_release(&topology);
	topology_release(&full);
	return code;
}

/* As the daemon will see it when it starts. */
static void
load_topology(struct store *store, const struct description_node *home, struct topology *topology)
{
	struct stored_record stored;
	struct record        record;
	struct name          after = { "" };

	stored_record_init(&stored);
	record_init(&record);
	while (store_record_next(store, after.text, &stored)) {
		after = stored.node;
		if (name_compare(&stored.node, &home->name) != 0 &&
		    record_decode(&record, buffer_span(&stored.bytes), NULL) == STATUS_OK)
			topology_put(topology, &record);
	}
	record_release(&record);
	stored_record_release(&stored);
	put_home(store, home, topology);
}

/* What a hub told, below what the node knows by right (D29). */
static void
load_foreign(struct store *store, struct topology *topology)
{
	struct stored_record stored;
	struct record        record;

	stored_record_init(&stored);
	record_init(&record);
	while (store_foreign_next(store, stored.node.text, &stored))
		if (record_decode(&record, buffer_span(&stored.bytes), NULL) == STATUS_OK)
			topology_put(topology, &record);
	record_release(&record);
	stored_record_release(&stored);
}

/* A link that the operator took down stays down over restarts. */
static void
put_home(struct store *store, const struct description_node *home, struct topology *topology)
{
	struct record     record;
	struct diagnostic diagnostic;

	record_init(&record);
	diagnostic_init(&diagnostic);
	if (local_record_for_home(home, 1, &record, &diagnostic) != STATUS_OK)
		complain("%s", diagnostic.text);
	for (size_t i = 0; i < record.link_count; i++) {
		char setting[NAME_MAX_BYTES + 16];

		snprintf(setting, sizeof(setting), "link-down:%s", record.links[i].to.text);
		record.links[i].dead = store_setting_number(store, setting, 0) != 0;
	}
	topology_put(topology, &record);
	record_release(&record);
}
