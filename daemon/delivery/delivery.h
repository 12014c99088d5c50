/*
 * delivery.h - built-in deliveries: a message becomes a file, once
 *
 * A delivery has two halves, and the node commits between them (architecture section 3):
 *
 *	prepare   the whole file under a hidden name of its folder (".mulga-ID"),
 *	          it and its directory entry durable; the node then commits COPY_PREPARED
 *	publish   one rename to the name that readers see, durable; the node commits the outcome
 *
 * After a crash the state of the copy says what to do. Not prepared: prepare again, which
 * writes over what is there. Prepared: publish again. The hidden file is there: rename it;
 * it is absent: an earlier publish did, and a reader may already have moved the result. So
 * publish must see the same target as prepare did: the node keeps it with the copy, in case
 * the operator's description changes in between.
 *
 * Both halves take many jobs at once and wait for the disk once: all files are written
 * and sent on their way, then synced, then each directory is synced once. So as many files
 * are open as there are jobs. Files are reached through struct disk alone; both halves may
 * run on any thread.
 */
#ifndef DAEMON_DELIVERY_DELIVERY_H
#define DAEMON_DELIVERY_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/disk/body_digest.h"
#include "spool/disk/disk.h"
#include "spool/message/file_name.h"
#include "spool/message/message_id.h"

enum delivery_kind {
	DELIVERY_MAILDIR, /* maildir.h   */
	DELIVERY_DROP,    /* file_drop.h */
	DELIVERY_HOLD,    /* it stays in the spool: local_user.h says if its user exists     */
	/* At least once, and never here but in daemon/handler: */
	DELIVERY_COMMAND,   /* command.h: a program            */
	DELIVERY_PUBLISHED, /* published.h: ours, which sends a file of `target` back */
	DELIVERY_LMTP,      /* mail_server.h: a server, by ... */
	DELIVERY_SMTP,
};

enum delivery_verdict {
	DELIVERY_DONE,    /* this half is done and durable                                */
	DELIVERY_REFUSED, /* the program says never, in words: return the message             */
	DELIVERY_NO_USER, /* the target has no place for this user: return the message    */
	DELIVERY_LATER,   /* disk full: the same half again, later                        */
	DELIVERY_FULL,    /* the quota of this user: again, when there may be room        */
	DELIVERY_FAILED,  /* never with this body or this disk: hold it, tell an operator */
};

struct delivery_body {
	struct span bytes;      /* an inline body; data NULL = it is the file `key` of `folder` */
	const char *folder;     /* of body files (body_file.h)                                  */
	int64_t     key;        /* the message's                                                */
	uint64_t    size_bytes; /* of either kind                                               */
	bool        is_last;    /* nobody else needs the file: it may become the delivered one  */
	uint8_t     digest[BODY_DIGEST_BYTES]; /* checked in any case: rot is DELIVERY_FAILED   */
};

/* Everything but the last four members is the caller's and borrowed during a call. */
struct delivery_job {
	enum delivery_kind kind;
	struct message_id  id;
	const char        *target; /* path; `%u` once or more in one component stands for user;
	                                of a server: "unix:PATH" or "HOST:PORT"               */
	const char        *user;   /* "" = the address named none                              */
	const char        *title;  /* a drop's file name as the sender gave it; "" = the id    */
	unsigned           mode;   /* a drop's permission bits as the sender gave them         */
	int64_t  modified_ms; /* a drop's time of last change as the sender gave it; 0 = none */
	unsigned umask;       /* of the operator: bits that no drop gets                     */
	const char *const *arguments;   /* of a command, NULL at the end, %-words replaced       */
	uint64_t           quota_bytes; /* of the folder; 0 = none                              */
	unsigned           attempt;     /* from 1; a command is told (MULGA_ATTEMPT)            */
	const char        *sender;      /* a command is told (MULGA_FROM), and a server         */
	const char        *address;     /* of the destination, for a server                     */
	const char *home;   /* this node's name: a command is told (MULGA_NODE), and a server */
	unsigned    notify; /* of RFC 3461, for a server: enum notify_bits, ...     */
	unsigned    ret;    /* ... enum notify_return                               */
	const char *envid;  /* xtext; "" = none                                     */
	const char *origin; /* ORCPT in xtext; "" = none                            */
	struct span head;   /* prepare: written before the body; may be empty           */
	struct delivery_body body; /* prepare only                                             */
	const struct delivery_body *rest; /* what follows it, where it came in parts */
	size_t                      rest_count;

	enum delivery_verdict verdict; /* set by the call                           */
	char name[FILE_NAME_SIZE];     /* publish: what a drop is called; "" = it was before */
	bool reports;                  /* DONE by a server that reports to the sender itself */
	struct diagnostic diagnostic;  /* in words, unless the verdict is DONE      */
};

/* Is it in the hands of a program or server, and so without halves? */
static inline bool
delivery_is_handed_over(enum delivery_kind kind)
{
	return kind >= DELIVERY_COMMAND;
}

/* Of all that is written, its head apart. */
static inline uint64_t
delivery_size_bytes(const struct delivery_job *job)
{
	uint64_t bytes = job->body.size_bytes;

	for (size_t i = 0; i < job->rest_count; i++)
		bytes += job->rest[i].size_bytes;
	return bytes;
}

void delivery_prepare(struct disk *disk, struct delivery_job *jobs, size_t count);
void delivery_publish(struct disk *disk, struct delivery_job *jobs, size_t count);

/* Removes what prepare left of a job that is not to be published (cancelled, returned). */
void delivery_discard(struct disk *disk, struct delivery_job *job);

/* Would `user` have a place in this target now? DONE or NO_USER; FAILED if nobody can tell. */
enum delivery_verdict delivery_check_user(struct disk *disk, enum delivery_kind kind,
                                          const char *target, const char *user);

#endif
