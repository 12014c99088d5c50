/*
 * job_body.c - digest first, then the pieces
 */
#include "daemon/handler/job_body.h"

#include <string.h>

#include "spool/disk/body_file.h"

static bool        next_piece(struct job_body *body, struct span *piece);
static bool        open_next(struct job_body *body);
static bool        is_sound(struct job_body *body);
static enum status digest_file(struct job_body *body, uint8_t digest[BODY_DIGEST_BYTES]);

bool
job_body_open(struct job_body *body, struct disk *disk, struct delivery_job *job)
{
	bool good = true;

	body->disk = disk;
	body->job  = job;
	body->file = NULL;
	for (body->at = 0; good && body->at <= job->rest_count; body->at++)
		good = is_sound(body);
	body->at = 0;
	if (good)
		good = open_next(body);
	if (!good && job->diagnostic.text[0] == '\0')
		diagnostic_set(&job->diagnostic, "the body cannot be read");
	if (!good)
		job->verdict = DELIVERY_FAILED;
	return good;
}

/* The one in turn: the body itself, or what follows it. */
static const struct delivery_body *
in_turn(const struct job_body *body)
{
	return body->at == 0 ? &body->job->body : &body->job->rest[body->at - 1];
}

static bool
open_next(struct job_body *body)
{
	const struct delivery_body *next = in_turn(body);

	job_body_close(body);
	body->read = 0;
	if (next->bytes.data != NULL)
		return true;
	if (body_file_open_read(&body->file, body->disk, body->job->body.folder, next->key, NULL) ==
	    STATUS_OK)
		return true;
	body->file = NULL;
	return false;
}

static bool
is_sound(struct job_body *body)
{
	const struct delivery_body *next = in_turn(body);
	uint8_t                     digest[BODY_DIGEST_BYTES];

	if (!open_next(body))
		return false;
	if (body->file == NULL)
		body_digest(next->bytes, digest);
	else if (digest_file(body, digest) != STATUS_OK)
		return false;
	if (memcmp(digest, next->digest, sizeof(digest)) == 0)
		return true;
	diagnostic_set(&body->job->diagnostic, "the body does not match its digest");
	return false;
}

static enum status
digest_file(struct job_body *body, uint8_t digest[BODY_DIGEST_BYTES])
{
	struct buffer digests;
	struct span   piece = { NULL, 0 };
	enum status   status;

	buffer_init(&digests);
	do {
		status = next_piece(body, &piece) ? STATUS_OK : STATUS_IO;
		if (status == STATUS_OK && piece.length > 0) {
			body_digest_chunk(piece.data, piece.length, digest);
			buffer_append(&digests, digest, BODY_DIGEST_BYTES);
		}
	} while (status == STATUS_OK && piece.length > 0);
	body_digest_of_chunks(buffer_span(&digests), digest);
	buffer_release(&digests);
	body->read = 0;
	return status;
}

void
job_body_close(struct job_body *body)
{
	if (body->file != NULL)
		body->file->disk->operations->close(body->file);
	body->file = NULL;
}

bool
job_body_next(struct job_body *body, struct span *piece)
{
	do {
		if (!next_piece(body, piece))
			return false;
		if (piece->length > 0 || body->at == body->job->rest_count)
			return true;
		body->at++;
	} while (open_next(body));
	return false;
}

/* Of the one in turn. */
static bool
next_piece(struct job_body *body, struct span *piece)
{
	uint64_t left   = in_turn(body)->size_bytes - body->read;
	size_t   length = left < sizeof(body->room) ? (size_t)left : sizeof(body->room);

	if (body->file == NULL) {
		*piece     = left > 0 ? in_turn(body)->bytes : (struct span){ NULL, 0 };
		body->read = in_turn(body)->size_bytes;
		return true;
	}
	*piece = (struct span){ (const uint8_t *)body->room, length };
	if (length > 0 && body->file->disk->operations->read_at(body->file, body->read, body->room,
	                                                        length) != STATUS_OK)
		return false;
	body->read += length;
	return true;
}
