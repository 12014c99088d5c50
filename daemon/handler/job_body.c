/*
 * job_body.c - digest first, then the pieces
 */
#include "daemon/handler/job_body.h"

#include <string.h>

#include "spool/disk/body_file.h"

static enum status digest_file(struct job_body *body, uint8_t digest[BODY_DIGEST_BYTES]);

bool
job_body_open(struct job_body *body, struct disk *disk, struct delivery_job *job)
{
	uint8_t     digest[BODY_DIGEST_BYTES];
	enum status status = STATUS_OK;

	body->body = &job->body;
	body->file = NULL;
	body->read = 0;
	if (job->body.bytes.data != NULL) {
		body_digest(job->body.bytes, digest);
	} else {
		status =
		    body_file_open_read(&body->file, disk, job->body.folder, job->body.key, NULL);
		if (status == STATUS_OK)
			status = digest_file(body, digest);
		else
			body->file = NULL;
	}
	if (status == STATUS_OK && memcmp(digest, job->body.digest, sizeof(digest)) == 0)
		return true;
	job->verdict = DELIVERY_FAILED;
	diagnostic_set(&job->diagnostic, status == STATUS_OK ? "the body does not match its digest"
	                                                     : "the body cannot be read");
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
		status = job_body_next(body, &piece) ? STATUS_OK : STATUS_IO;
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
	uint64_t left   = body->body->size_bytes - body->read;
	size_t   length = left < sizeof(body->room) ? (size_t)left : sizeof(body->room);

	if (body->file == NULL) {
		*piece     = left > 0 ? body->body->bytes : (struct span){ NULL, 0 };
		body->read = body->body->size_bytes;
		return true;
	}
	*piece = (struct span){ (const uint8_t *)body->room, length };
	if (length > 0 && body->file->disk->operations->read_at(body->file, body->read, body->room,
	                                                        length) != STATUS_OK)
		return false;
	body->read += length;
	return true;
}
