/*
 * fuzz_mail.c - any bytes at all as a mail for sendmail
 *
 * What submission makes of a heading is a heading: it ends where its empty line is, and
 * submitting it again takes nothing away and keeps the recipients. The end of a heading
 * is the same however its bytes arrive. The seeds are in corpus/mail.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/mail/mail_heading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mail_heading_defaults defaults = { "home.z", "<me@home.z>", "today",
	                                               "<1@home.z>", "by home.z" };

static void try_again(struct span heading);
static void require(bool holds, const char *what);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span           all = { data, size };
	struct mail_addresses recipients;
	struct buffer         out;
	size_t                heading, body, early_heading, early_body;

	require(mail_heading_end(all, true, &heading, &body), "a whole message has an end");
	require(heading <= body && body <= size, "the end lies inside");
	for (size_t length = 0; length < size && length < 300; length++)
		if (mail_heading_end((struct span){ data, length }, false, &early_heading,
		                     &early_body))
			require(early_heading == heading && early_body == body,
			        "an early answer is the late one");
	mail_addresses_init(&recipients);
	buffer_init(&out);
	if (mail_heading_rewrite((struct span){ data, heading }, &defaults, &recipients, &out,
	                         NULL) == STATUS_OK)
		try_again(buffer_span(&out));
	mail_addresses_release(&recipients);
	buffer_release(&out);
	return 0;
}

static void
try_again(struct span heading)
{
	struct buffer out;
	size_t        end, body;

	require(mail_heading_end(heading, true, &end, &body), "what was written ends");
	require(body == heading.length, "the empty line is the last one");
	buffer_init(&out);
	require(mail_heading_rewrite((struct span){ heading.data, end }, &defaults, NULL, &out,
	                             NULL) == STATUS_OK,
	        "what was written can be submitted");
	require(out.length >= heading.length, "nothing is taken away");
	buffer_release(&out);
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}
