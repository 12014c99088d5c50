/*
 * description_file.h - descriptions in real files
 *
 * The one ring-2 file of this room: it opens files. Link it from the daemon and the
 * tools, never from a simulation.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_FILE_H
#define SPOOL_DESCRIPTION_DESCRIPTION_FILE_H

#include "spool/description/description_source.h"

/* Adds the text of one file; STATUS_NOT_FOUND or STATUS_IO with its path and the reason. */
enum status description_file_read(const char *path, struct description_sources *sources,
                                  struct diagnostic *diagnostic);

/* The include function for real files: glob patterns relative to the folder of `from`. */
enum status description_file_include(const char *from, const char *pattern,
                                     struct description_sources *found,
                                     struct diagnostic          *diagnostic);

#endif
