/*
 * pathalias_scan.h - the tokens of a map, and the costs
 */
#ifndef SPOOL_IMPORT_PATHALIAS_SCAN_H
#define SPOOL_IMPORT_PATHALIAS_SCAN_H

#include "spool/import/import_line.h"

enum pathalias_token_kind {
	PATHALIAS_NAME, /* its text is in `word` */
	PATHALIAS_SIGN, /* one of , = { } @ ! : % */
	PATHALIAS_COST, /* in parentheses */
	PATHALIAS_LINE, /* a statement ends: the next line does not begin with a blank */
	PATHALIAS_END,
	PATHALIAS_WRONG, /* the diagnostic says why */
};

struct pathalias_token {
	enum pathalias_token_kind kind;
	struct import_word        word;
	char                      sign;
	int64_t                   cost;
};

struct pathalias_scanner {
	const char        *path;
	struct span        rest;
	unsigned           line, column;
	struct arena      *arena;
	struct diagnostic *diagnostic;
};

void pathalias_scan(struct pathalias_scanner *scanner, struct pathalias_token *token);

#endif
