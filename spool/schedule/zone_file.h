/*
 * zone_file.h - where the system keeps its zones
 *
 * Ring 2: the one place that looks into the zone database and the environment.
 */
#ifndef SPOOL_SCHEDULE_ZONE_FILE_H
#define SPOOL_SCHEDULE_ZONE_FILE_H

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/description/description_report.h"

/*
 * Appends the bytes, for zone_parse, of the zone that a description names: a file of the zone
 * database ("Australia/Sydney"), or a rule, which is its own bytes. NULL: the system's own zone,
 * or nothing, which is UTC. Bytes of a zone that is named are good; else STATUS_NOT_FOUND or
 * STATUS_INVALID, and why.
 */
enum status zone_file_read(const char *name, struct buffer *bytes, struct diagnostic *diagnostic);

/* Adds an error for each node whose time zone this system does not have. */
enum status zone_file_check(const struct description  *description,
                            struct description_report *report);

#endif
