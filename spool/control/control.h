/*
 * control.h - what programs of this machine say to the daemon, and its answers
 *
 * The protocol of the control socket, with the frames of wire/frame.h. A client sends
 * requests and submissions, one after the other, as many as it likes; the daemon answers
 * each with any number of outputs and errors and one "done", in the same order:
 *
 *   REQUEST                      ->   OUTPUT* ERRORS* DONE
 *   SUBMIT  DATA*  END           ->   OUTPUT* ERRORS* DONE
 *   FEED    DATA*  END           ->   OUTPUT* ERRORS* DONE      a request with a stream
 *   SUBMIT  DATA*  CANCEL        ->
 *
 * A file in drop/ is exactly the bytes that its submitter would have written to the
 * socket, so one reader serves both; a file that does not end after an END is refused. The
 * sender's token makes the message's id: who submits the same bytes again, not knowing
 * whether the first attempt got through, submits nothing new.
 */
#ifndef SPOOL_CONTROL_CONTROL_H
#define SPOOL_CONTROL_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/message/envelope.h"
#include "spool/message/message_id.h"
#include "spool/wire/frame.h"

enum {
	CONTROL_ARGUMENTS_MAX = 4096,    /* of one request             */
	CONTROL_ADDRESS_MAX   = 1 << 20, /* bytes of an address list   */
	CONTROL_REQUEST_MAX   = 1 << 20, /* bytes of an encoded request*/
	CONTROL_SUBMIT_MAX    = CONTROL_ADDRESS_MAX + 4096,
	CONTROL_PIECE_MAX     = 65536, /* bytes of one DATA, OUTPUT or ERRORS frame */
};

/* A verb with its arguments, as typed: `queue list --neighbor x`. */
struct control_request {
	char   **arguments; /* arguments[0] is the verb; owned, each too; NULL after the last */
	size_t   count;
	size_t   capacity;
	bool     json;
	bool     color; /* the client's output is a terminal that shows colour */
	uint32_t width; /* columns of that terminal; 0 = none, do not wrap     */
};

void control_request_init(struct control_request *request);
void control_request_release(struct control_request *request);
void control_request_add(struct control_request *request, const char *argument); /* a copy */
void control_request_encode(const struct control_request *request, struct buffer *out);
/* Fills an initialised request; STATUS_INVALID leaves it empty. */
enum status control_request_decode(struct control_request *request, struct span bytes,
                                   struct diagnostic *diagnostic);

/* What a submitter says of a message; the daemon makes an envelope of it. */
struct control_submission {
	struct buffer   address; /* as typed, NUL-terminated text; owned           */
	char            service[ENVELOPE_SERVICE_MAX + 1];
	char            sender[ENVELOPE_SENDER_MAX + 1]; /* "" = the user of this login */
	char            title[ENVELOPE_TITLE_MAX + 1];
	enum preference preference;
	bool            has_priority; /* else priority_usual                           */
	enum priority   priority;
	int64_t         lifetime_ms; /* 0 = the node's usual one                      */
	bool            receipt;
	bool            report;         /* is one itself: from nobody, and none is made about it */
	uint32_t        mode;           /* a file's permission bits; 0 = none            */
	struct walltime modified;       /* 0 = none                                      */
	uint64_t        declared_bytes; /* what it will have, as the submitter says; 0 = unsaid */
	struct notify   notify;         /* its destinations as typed                    */
	struct envelope_part part;      /* of a file that was cut                       */
	uint8_t              token[MESSAGE_TOKEN_BYTES];
};

void control_submission_init(struct control_submission *submission);
void control_submission_release(struct control_submission *submission);
void control_submission_encode(const struct control_submission *submission, struct buffer *out);
/* Fills an initialised submission; STATUS_INVALID leaves it empty. The address is only
 * seen to be a text: reading it is the daemon's work. */
enum status control_submission_decode(struct control_submission *submission, struct span bytes,
                                      struct diagnostic *diagnostic);

/* How a request or submission ended. */
struct control_done {
	int               exit_code; /* 0-255, for the client to exit with           */
	struct message_id id;        /* of the accepted message; text "" = none      */
	uint64_t fits_bytes;         /* of one that was too large: so many would go; 0 = not said */
};

enum status control_done_decode(struct control_done *done, struct span bytes,
                                struct diagnostic *diagnostic);

/* Writing: each appends whole frames to `out`. Long bytes become several frames. */
void control_append_request(struct buffer *out, const struct control_request *request);
void control_append_feed(struct buffer *out, const struct control_request *request);
void control_append_submission(struct buffer *out, const struct control_submission *submission);
void control_append_data(struct buffer *out, struct span bytes);
void control_append_end(struct buffer *out);
void control_append_cancel(struct buffer *out);
void control_append_output(struct buffer *out, struct span bytes);
void control_append_errors(struct buffer *out, struct span bytes);
void control_append_done(struct buffer *out, const struct control_done *done);

enum control_side { CONTROL_CLIENT, CONTROL_DAEMON }; /* whose bytes are read */

enum control_kind {
	CONTROL_NOTHING, /* all bytes are used up                                 */
	CONTROL_REQUEST, /* .bytes: for control_request_decode                    */
	CONTROL_FEED,    /* the same; DATA until END belong to it                 */
	CONTROL_SUBMIT,  /* .bytes: for control_submission_decode                 */
	CONTROL_DATA,    /* .bytes: the next ones of the body                     */
	CONTROL_END,     /* the body is complete                                  */
	CONTROL_CANCEL,  /* it never will be: nothing was submitted, no answer     */
	CONTROL_OUTPUT,  /* .bytes: for stdout                                    */
	CONTROL_ERRORS,  /* .bytes: for stderr                                    */
	CONTROL_DONE,    /* .bytes: for control_done_decode                       */
	CONTROL_BROKEN,  /* the diagnostic says why; nothing more can be read     */
};

struct control_item {
	enum control_kind kind;
	struct span       bytes; /* borrowed from the input or the reader until the next read */
};

struct control_reader {
	struct frame_reader frames;
	enum control_side   side;
	bool                submitting; /* between SUBMIT and END or CANCEL, FEED and END */
	bool                feeding;    /* it is FEED                                     */
	bool                broken;
};

void control_reader_init(struct control_reader *reader, enum control_side side);
void control_reader_release(struct control_reader *reader);

/* Uses bytes from the front of *input until there is an item. DATA, OUTPUT and ERRORS are
 * passed on as they arrive; a submission's frames come in order or are BROKEN. */
void control_read(struct control_reader *reader, struct span *input, struct control_item *item,
                  struct diagnostic *diagnostic);

/* May the bytes end here? Not in a frame, not in a submission. */
bool control_reader_complete(const struct control_reader *reader);

#endif
