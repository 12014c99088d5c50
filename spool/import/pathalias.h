/*
 * pathalias.h - UUCP maps, as pathalias reads them, as the description of a network
 *
 *	ihnp4	decvax(HOURLY), ucbvax(DEMAND+LOW), seismo(DEAD)
 *	ihnp4	= chinet-hub, ihnp4.att.com
 *
 * Each host that is named becomes a node, called by an alias with dots if it has one, else within the
 * region; each link that both ends state is one of both ways. Costs are kept. Nets, domains, what is
 * dead or private become comments that name file and line.
 */
#ifndef SPOOL_IMPORT_PATHALIAS_H
#define SPOOL_IMPORT_PATHALIAS_H

#include "spool/import/import_line.h"

enum { PATHALIAS_COST_DEFAULT = 4000, PATHALIAS_COST_DEAD = 10000000 };

struct pathalias;

struct pathalias *pathalias_new(void);
void              pathalias_free(struct pathalias *maps);

/* One file more; path and text are copied. STATUS_INVALID: and where and why. */
enum status pathalias_read(struct pathalias *maps, const char *path, struct span text,
                           struct diagnostic *diagnostic);

/* Appends the network. */
void pathalias_print(struct pathalias *maps, const char *region, struct buffer *out);

#endif
