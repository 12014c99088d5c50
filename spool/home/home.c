/*
 * home.c - the paths of a home
 */
#include "spool/home/home.h"

#include <stdlib.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"

static char *path_in(const char *folder, const char *file);

void
home_init(struct home *home, const char *folder)
{
	const char *state  = folder != NULL ? folder : "/var/lib/mulga";
	const char *config = folder != NULL ? folder : "/etc/mulga";

	*home = (struct home){
		.folder      = folder,
		.description = path_in(config, "node.topo"),
		.keys        = path_in(config, "keys"),
		.key         = path_in(config, "keys/node.pem"),
		.spool       = path_in(state, "spool"),
		.lock        = path_in(state, "spool/lock"),
		.database    = path_in(state, "spool/mulga.db"),
		.bodies      = path_in(state, "spool/bodies"),
		.secrets     = path_in(state, "spool/secrets"),
		.drop        = path_in(state, "drop"),
		.areas       = path_in(state, "areas"),
		.name        = path_in(state, "name"),
		.run         = memory_copy_text(folder != NULL ? folder : "/run/mulga"),
	};
}

void
home_release(struct home *home)
{
	free(home->description);
	free(home->keys);
	free(home->key);
	free(home->spool);
	free(home->lock);
	free(home->database);
	free(home->bodies);
	free(home->secrets);
	free(home->drop);
	free(home->areas);
	free(home->name);
	free(home->run);
}

static char *
path_in(const char *folder, const char *file)
{
	struct buffer path;

	buffer_init(&path);
	buffer_append_format(&path, "%s/%s", folder, file);
	return (char *)path.data;
}
