/*
 * thin_parts.c - one submission after the other, from one open file
 */
#include "tools/thin_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tools/complain.h"
#include "tools/thin_submit.h"

enum { FITS_LEAST = 1024 }; /* a part is not to be smaller than its heading */

static void name_set(const struct name *node, struct control_submission *submission);
static int  send_part(const struct home *home, const struct name *node,
                      struct control_submission *submission, int file, uint64_t from,
                      uint64_t bytes);
static int  copy_range(struct thin_submit *submit, int file, uint64_t from, uint64_t bytes);

/* A mail is read by programs that know nothing of parts. */
bool
thin_parts_can(const struct control_submission *submission, uint64_t size_bytes,
               uint64_t fits_bytes)
{
	return strcmp(submission->service, "mail") != 0 && fits_bytes >= FITS_LEAST &&
	       size_bytes > fits_bytes && (size_bytes - 1) / fits_bytes < ENVELOPE_PARTS_MAX;
}

int
thin_parts_send(const struct home *home, const struct name *node,
                struct control_submission *submission, int file, uint64_t size_bytes,
                uint64_t fits_bytes)
{
	uint32_t count   = (uint32_t)((size_bytes - 1) / fits_bytes + 1);
	bool     receipt = submission->receipt;
	int      code    = 0;

	complain("it goes in %" PRIu32 " parts", count);
	for (uint32_t number = 1; number <= count && code == 0; number++) {
		uint64_t from = (number - 1) * fits_bytes, left = size_bytes - from;

		thin_submit_draw(submission);
		if (number == 1)
			name_set(node, submission);
		submission->part.number = number;
		submission->part.count  = count;
		submission->receipt     = receipt && number == 1; /* it stands for all of them */
		code                    = send_part(home, node, submission, file, from,
                                 left < fits_bytes ? left : fits_bytes);
		if (code != 0 && number > 1)
			complain("only %" PRIu32 " of %" PRIu32
			         " parts were taken; the file will not be whole",
			         number - 1, count);
	}
	submission->part    = (struct envelope_part){ .count = 0 };
	submission->receipt = receipt;
	return code;
}

/* After the random part of the id that its first part will have. */
static void
name_set(const struct name *node, struct control_submission *submission)
{
	struct message_id id;

	message_id_make(&id, node, submission->token);
	snprintf(submission->part.set, sizeof(submission->part.set), "%s",
	         strrchr(id.text, '-') + 1);
}

static int
send_part(const struct home *home, const struct name *node, struct control_submission *submission,
          int file, uint64_t from, uint64_t bytes)
{
	struct thin_submit submit;
	int                code;

	submission->declared_bytes = bytes;
	code                       = thin_submit_begin(&submit, home, node, submission);
	if (code == 0)
		code = copy_range(&submit, file, from, bytes);
	return thin_submit_finish(&submit, code);
}

static int
copy_range(struct thin_submit *submit, int file, uint64_t from, uint64_t bytes)
{
	uint8_t piece[CONTROL_PIECE_MAX];
	int     code = 0;

	while (code == 0 && bytes > 0) {
		size_t  most   = bytes < sizeof(piece) ? (size_t)bytes : sizeof(piece);
		ssize_t length = pread(file, piece, most, (off_t)from);

		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0) {
			complain("the file cannot be read, or became shorter meanwhile");
			return EX_NOINPUT;
		}
		code = thin_submit_data(submit, (struct span){ piece, (size_t)length });
		from += (uint64_t)length;
		bytes -= (uint64_t)length;
	}
	return code;
}
