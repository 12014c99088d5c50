/*
 * smtp_ending.c - one table
 */
#include "spool/smtp/smtp_ending.h"

#include <stddef.h>
#include <sysexits.h>

static const struct {
	int                exit_code;
	struct smtp_ending ending;
} endings[] = {
	{ EX_OK, { 250, "2.0.0", false } },          { EX_TEMPFAIL, { 451, "4.3.0", true } },
	{ EX_IOERR, { 451, "4.3.0", true } },        { EX_CANTCREAT, { 451, "4.3.0", true } },
	{ EX_UNAVAILABLE, { 552, "5.3.4", false } }, /* no link takes so much */
	{ EX_PROTOCOL, { 554, "5.4.6", false } },    /* it goes in a circle   */
	{ EX_NOPERM, { 550, "5.7.1", false } },
};

struct smtp_ending
smtp_ending_of(int exit_code)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (endings[i].exit_code == exit_code)
			return endings[i].ending;
	return (struct smtp_ending){ 554, "5.6.0", false };
}
