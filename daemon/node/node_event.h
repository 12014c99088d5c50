/*
 * node_event.h - the seam between the node and whatever drives it
 *
 * Two closed sum types: what happened (event), what is to be done (action). The driver is
 * daemon/loop in production and tests/sim in tests; neither knows what the other side
 * means by an id, so a late callback for a dead call is an unknown id and is ignored.
 * Spans and texts in both are borrowed: those of events until the actions of their step are
 * performed (so a body range goes from socket to file without a copy), those of actions until
 * the next node_step.
 */
#ifndef DAEMON_NODE_NODE_EVENT_H
#define DAEMON_NODE_NODE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/delivery/delivery.h"
#include "spool/base/arena.h"
#include "spool/base/buffer.h"

enum event_kind {
	/* Local programs on the control socket, and files of drop/, which are the same bytes. */
	EVENT_CLIENT_OPENED,  /* id; uid; text: the user's login name ("" if it has none); drop;
	                        trusted: root, or the user that the daemon runs as           */
	EVENT_CLIENT_BYTES,   /* id; bytes                                                     */
	EVENT_CLIENT_ENDED,   /* id: a file of drop/ has no more bytes, and waits for its verdict */
	EVENT_CLIENT_CLOSED,  /* id: nobody waits for an answer any more                       */
	EVENT_CLIENT_DRAINED, /* id; count: of what was to be told, bytes not yet taken by it */

	/* Calls. The driver draws odd ids for calls it answered, the node even ones. */
	EVENT_CALL_ANSWERED,  /* id; text: where from ("127.0.0.1:4711"); bytes               */
	EVENT_CALL_CONNECTED, /* id: bytes may be sent; bytes. Both: the far end's public key,
	                         which it has proved to hold; none if the call is plain       */
	EVENT_CALL_BYTES,     /* id; bytes                                                    */
	EVENT_CALL_DRAINED,   /* id; count: bytes handed over by actions and not yet sent;
	                         offset: what those sent became, as the line carries them; 0: not known */
	EVENT_CALL_ENDED,     /* id; text: why; busy: others have what it needs; the id is dead */
	EVENT_CALL_STATUS,    /* id; text: a line `key=value` about the line, from what drives it */
	EVENT_CALL_RELEASED, /* id, of a call that was opened as `held`, or of CALL_RELEASE: nothing
	                         stands behind it any more, and the next one may be made      */

	/* Body files, named by their message's key. */
	EVENT_BODY_SYNCED, /* id: key; offset: durable; first_chunk; bytes: chunk digests since;
	                      unasked when the driver ends                                   */
	EVENT_BODY_FAILED, /* id: key; status; text                                            */
	EVENT_BODY_READ,   /* id: who asked; bytes; or status, and text: why there are none     */

	/* Deliveries, named by their copy's key. */
	EVENT_DELIVERY_PREPARED, /* id: durable under a hidden name, not yet visible             */
	EVENT_DELIVERY_ENDED,    /* id; verdict; text, in words or of a drop its name; reports   */

	/* Dialogues that are tried for a client, whose id they have. */
	EVENT_CHAT_LINE,  /* id; text: a line of the transcript                                  */
	EVENT_CHAT_ENDED, /* id; code 0 or 75; text: how                                         */

	EVENT_DESCRIPTION, /* id: the client who asked, 0 = nobody; code 0: bytes are the new
	                      canonical description, and text says where it cannot listen, "" = it
	                      listens everywhere; else bytes are the errors, for people          */
	/* Folders of `transport directory`, which a stick may be under. */
	EVENT_MEDIUM_FOUND, /* text: neighbor; label: of the link whose folder is there, or changed */
	EVENT_VISIT_ENDED, /* id; code: 0 = all is done, EX_UNAVAILABLE = no folder; text       */

	EVENT_LISTENING, /* text: "tcp 127.0.0.1:4242". After node_open and after each good
	                      EVENT_DESCRIPTION, all of them follow                          */
	EVENT_ZONE,      /* bytes: of the node's time zone, for zone_parse. At the same times */

	EVENT_SPOOL_WAS_FULL, /* after a node_open that followed a step which failed for that */
};

struct event {
	enum event_kind       kind;
	uint64_t              id;
	struct span           bytes;
	const char           *text;
	const char           *label; /* of EVENT_MEDIUM_FOUND */
	uint64_t              offset;
	uint64_t              count;
	uint64_t              first_chunk;
	uint32_t              uid;
	bool                  drop;    /* of EVENT_CLIENT_OPENED: a file of drop/              */
	bool                  trusted; /* of EVENT_CLIENT_OPENED                              */
	bool                  server;  /* of EVENT_CLIENT_OPENED: a mail server, by LMTP      */
	bool                  busy;    /* of EVENT_CALL_ENDED: it is no failure                */
	bool                  reports; /* of EVENT_DELIVERY_ENDED: the server tells the sender */
	bool                  turns;   /* of EVENT_CALL_CONNECTED, _ANSWERED: the ends take turns */
	int                   code;
	enum status           status;
	enum delivery_verdict verdict;
};

enum action_kind {
	ACTION_CLIENT_SEND,  /* id; bytes; final: EVENT_CLIENT_DRAINED follows                */
	ACTION_CLIENT_CLOSE, /* id; code: of a drop file 0 = taken, remove it; 75 = leave it
	                        for later; else set it aside as refused                       */

	ACTION_CALL_OPEN,    /* id; text: neighbor; label; number: which of its transports;
	                          held: something stands behind it, of whose end we must hear */
	ACTION_CALL_RELEASE, /* id; text: neighbor; label: what stands behind a call that an end of
	                          the daemon has cut is to be let go: `after` runs            */
	ACTION_CLIENT_CALLS, /* id: client; text: from where; number: patience_ms; plain: after what
	                          was sent to it, its connection is the line of a call, which is
	                          answered; the client is gone; terminal, path: of what
	                          kind the line is                                            */
	ACTION_CALL_SEND,    /* id; bytes                                                  */
	ACTION_CALL_SEND_BODY, /* id; bytes: frame header; then length bytes of body file
	                          `body` from `offset`                                       */
	ACTION_CALL_CLOSE,     /* id; text: why. Sends what is pending, then closes; final:
	                          sends nothing more. No EVENT_CALL_ENDED follows. parted: the
	                          far end knows already that it is the end                   */

	ACTION_BODY_APPEND,  /* id: key; offset; bytes: written, not synced                    */
	ACTION_BODY_SYNC,    /* id: key; offset: its size now; final: nothing follows; answered by
	                       EVENT_BODY_SYNCED                                            */
	ACTION_BODY_RECOVER, /* id: key; offset: so much is durable. What an earlier process wrote
	                        behind it counts where that is certain, else it is cut off;
	                        answered by EVENT_BODY_SYNCED                                */
	ACTION_BODY_DELETE,  /* id: key                                                        */
	ACTION_BODY_READ,    /* id: for EVENT_BODY_READ; body: key; offset; length              */

	ACTION_DELIVER, /* id: copy; delivery: the job. Maildir and drop jobs stop at
	                   EVENT_DELIVERY_PREPARED; commands go to EVENT_DELIVERY_ENDED       */
	ACTION_PUBLISH, /* id: copy; delivery: the same job, prepared (perhaps before a crash) */

	ACTION_CHAT_OPEN,  /* id: client; text: neighbor; label; number: which of its transports */
	ACTION_CHAT_CLOSE, /* id: client, who does not wait for it any more                   */

	ACTION_VISIT, /* id; text: neighbor; label; number: of the transport, a directory. Answered
	                 by EVENT_VISIT_ENDED                                               */
	ACTION_VISIT_END, /* id: it goes on too long. Answered all the same                  */

	ACTION_READ_DESCRIPTION, /* id: client; answered by EVENT_DESCRIPTION                  */
};

enum action_path { PATH_UNRELIABLE = 1, PATH_7BIT = 2, PATH_HALF_DUPLEX = 4 };

struct action {
	enum action_kind           kind;
	uint64_t                   id;
	struct span                bytes;
	const char                *text;
	const char                *label;
	unsigned                   number;
	int64_t                    body;
	uint64_t                   offset;
	uint32_t                   length;
	bool                       final;
	bool                       apart; /* of ACTION_CALL_SEND*: nothing may travel with it */
	bool                       parted;
	bool                       held;
	bool                       plain;
	bool                       terminal;
	unsigned                   path; /* enum action_path, joined */
	int                        code;
	const struct delivery_job *delivery;
};

/* The actions of one step, in order, and the memory of their spans and texts. */
struct actions {
	struct action *items;
	size_t         count;
	size_t         capacity;
	struct arena   arena;
};

void actions_init(struct actions *actions);
void actions_release(struct actions *actions);
void actions_clear(struct actions *actions);

/* A zeroed action at the end of the list; the pointer is good until the next call. */
struct action *actions_add(struct actions *actions, enum action_kind kind, uint64_t id);

#endif
