/*
 * config.h - where a node lives, and what its operator wrote
 *
 * The description is read again on demand; a bad file never replaces a good one.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"
#include "spool/description/description.h"
#include "spool/home/home.h"

struct config {
	struct home        home;
	const char        *lock_folder; /* of serial lines; NULL: the usual one. Borrowed */
	unsigned           umask; /* with which we were started: what drops get of their modes */
	struct description description; /* of one node, once config_read was OK   */
	struct buffer      zone;        /* bytes of its time zone, for zone_parse */
	bool               once;        /* for the program at standard input, which ends us */
};

/* `folder` NULL: the system's own node. */
void config_init(struct config *config, const char *folder);
void config_release(struct config *config);

/*
 * Reads and checks the description. STATUS_OK: it is in place, and its warnings were logged.
 * Else the old one stands, and *errors says why. A second reading must name the same node.
 */
enum status config_read(struct config *config, struct buffer *errors);

/* Appends the canonical text of the description in place. */
void config_print(const struct config *config, struct buffer *out);

/* Borrowed until the next config_read; NULL before the first good one. */
const struct description_node *config_node(const struct config *config);

#endif
