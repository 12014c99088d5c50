/*
 * thin_stick.h - a folder with bundles in it: a stick that is mounted there
 *
 * A bundle appears under its name when it is whole and durable, not before. Files that do not
 * end in ".mulga" are none of our business.
 */
#ifndef TOOLS_THIN_STICK_H
#define TOOLS_THIN_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { STICK_LABEL_BYTES = 4096 }; /* of a file, in which its label is */

struct thin_stick {
	const char *path; /* borrowed */
	int         folder;
	char        part[64]; /* hidden name of the file being written; "" = none */
	FILE       *file;
};

/* False, after a sentence: it cannot be opened. Removes what a writer of ours left half written. */
bool thin_stick_open(struct thin_stick *stick, const char *path);
void thin_stick_close(struct thin_stick *stick);

/* Bytes that may still be written there. */
uint64_t thin_stick_space(const struct thin_stick *stick);

/* Names of the bundles, in order; owned, each too, NULL after the last. `bytes`: of all of them. */
char **thin_stick_list(const struct thin_stick *stick, uint64_t *bytes);
void   thin_stick_list_free(char **names);

/* A new file, to be written by `stick->file`. False, after a sentence. */
bool thin_stick_begin(struct thin_stick *stick);
/* It is durable under that bundle's name; false, after a sentence, and it is gone. */
bool thin_stick_publish(struct thin_stick *stick, const char *neighbor);
void thin_stick_drop(struct thin_stick *stick); /* it was not needed */

int  thin_stick_read(const struct thin_stick *stick, const char *name); /* a descriptor, or -1 */
bool thin_stick_remove(const struct thin_stick *stick, const char *name);

#endif
