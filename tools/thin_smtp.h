/*
 * thin_smtp.h - SMTP on standard input, for the programs that submit by it
 */
#ifndef TOOLS_THIN_SMTP_H
#define TOOLS_THIN_SMTP_H

#include "spool/home/home.h"

enum thin_smtp_way {
	THIN_SMTP_SPOKEN, /* sendmail -bs: a conversation                                  */
	THIN_SMTP_BATCH,  /* rsmtp: the client's half of one, nobody hears the answers (BSMTP) */
};

/* Until QUIT or the end of the input. The exit code; of a batch, that of the last refusal. */
int thin_smtp(const struct home *home, enum thin_smtp_way way);

#endif
