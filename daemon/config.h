/*
 * config.h - where a node lives, and what its operator wrote
 *
 * A home is a folder with everything of one node, or the three folders of the system's own
 * node (interface section 1). The description is read again on demand; a bad file never
 * replaces a good one.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/status.h"
#include "spool/description/description.h"

/* The file in the folder of the socket; its own path may be too long for an address. */
#define CONFIG_SOCKET "control.sock"

struct config {
	char *description_path; /* node.topo                                      */
	char *spool;            /* folder of the three that follow                */
	char *lock;
	char *database;
	char *bodies;
	char *drop;      /* folder where programs leave messages           */
	char *name_path; /* file that tells programs the node's name       */
	char *run;       /* folder of CONFIG_SOCKET                        */

	struct description description; /* of one node, once config_read was OK   */
};

/* `home` NULL: the system's own node. */
void config_init(struct config *config, const char *home);
void config_release(struct config *config);

/*
 * Reads and checks the description. STATUS_OK: it is in place, and its warnings were logged.
 * Else the old one stands, and *errors says why. A second reading must name the same node.
 */
enum status config_read(struct config *config, struct buffer *errors);

/* Appends the canonical text of the description in place. */
void config_print(const struct config *config, struct buffer *out);

const struct description_node *config_node(const struct config *config);

/* Borrowed until the next config_read; NULL if there is none such. */
const struct description_transport *config_transport(const struct config *config,
                                                     const char *neighbor, const char *label,
                                                     unsigned number);

#endif
