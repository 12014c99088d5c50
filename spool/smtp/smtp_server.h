/*
 * smtp_server.h - the receiving side of SMTP (RFC 5321) and LMTP (RFC 2033)
 *
 * One conversation: bytes of a client go in, events come out, replies are appended for the client.
 * Both faces of a node use it: `sendmail -bs` on a pipe, and the daemon's listener for LMTP. It
 * knows the protocol and no message: what is accepted is said by the caller, who answers MAIL, each
 * RCPT, and the message.
 *
 *	while (smtp_server_read(server, &bytes, &event, &replies))
 *		switch (event.kind) ... smtp_server_answer(server, 250, "2.1.0 fine", &replies);
 *
 * After an event that wants an answer, nothing is read before it has been given; commands that are
 * sent ahead (PIPELINING, RFC 2920) wait in the caller's bytes.
 */
#ifndef SPOOL_SMTP_SMTP_SERVER_H
#define SPOOL_SMTP_SMTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/smtp/smtp_command.h"

struct smtp_server; /* heap: smtp_server_new / smtp_server_free */

enum { SMTP_RECIPIENTS_MAX = 1000, SMTP_FAULTS_MAX = 20 };

struct smtp_server_options {
	const char *name;     /* of this node, in the greeting; copied              */
	bool        lmtp;     /* LHLO, and an answer for each recipient             */
	bool        lenient;  /* a line may end in LF alone: a program on a pipe    */
	uint64_t    size_max; /* of a message, announced and enforced; 0 = no limit */
};

enum smtp_event_kind {
	SMTP_MAIL,      /* .command: a sender, or "" for nobody; answer it                      */
	SMTP_RECIPIENT, /* .command: one more; answer it                                      */
	SMTP_BYTES,     /* .bytes of the message, with lines ended by LF; until the next read   */
	SMTP_MESSAGE,   /* it is whole: answer it, under LMTP once for each recipient accepted   */
	SMTP_DROPPED,   /* what was begun will not be sent, the client has been told            */
	SMTP_QUIT,      /* smtp_server_is_over                                                 */
};

struct smtp_event {
	enum smtp_event_kind kind;
	struct smtp_command  command;
	struct span          bytes;
};

struct smtp_server *smtp_server_new(const struct smtp_server_options *options);
void                smtp_server_free(struct smtp_server *server);

/* Before anything is read. */
void smtp_server_greet(struct smtp_server *server, struct buffer *replies);

/*
 * The next event of *bytes, which move forward; false: all are used up, or an answer is due, or
 * there was SMTP_QUIT. Bytes of a command that is not whole yet are kept inside.
 */
bool smtp_server_read(struct smtp_server *server, struct span *bytes, struct smtp_event *event,
                      struct buffer *replies);

/* `text` begins with an enhanced status (RFC 3463): "2.1.5 ok". 2xx accepts, 4xx and 5xx refuse. */
void smtp_server_answer(struct smtp_server *server, int code, const char *text,
                        struct buffer *replies);

/* Nothing is read any more: the client said QUIT, or made no sense. Close when the replies are sent. */
bool smtp_server_is_over(const struct smtp_server *server);

/* How many recipients of the present message have been accepted. */
size_t smtp_server_recipients(const struct smtp_server *server);

#endif
