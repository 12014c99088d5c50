/*
 * modem.h - a modem that obeys AT commands, as a value under a clock that is handed in
 *
 * One end of the telephone network that tests/emulators/modem.c is. The computer's bytes go in,
 * the modem's answers come out, and what it wants of the network is a request. Commands: A, D,
 * E, H, I, O, Q, S, V, X, Z, the & ones (of which &F is Z), A/, and +++ with its guard time.
 */
#ifndef TESTS_SUPPORT_MODEM_H
#define TESTS_SUPPORT_MODEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum { MODEM_REGISTERS = 40, MODEM_LINE_MAX = 80 };

#define MODEM_NEVER_US INT64_MAX

enum modem_state {
	MODEM_COMMAND, /* on hook, obeys                         */
	MODEM_DIALLING,
	MODEM_ONLINE, /* what the computer says goes to the far end */
	MODEM_ESCAPED /* obeys, and the call goes on                */
};

enum modem_request {
	MODEM_WANTS_NOTHING,
	MODEM_WANTS_CALL, /* of `number`, which may be given up again */
	MODEM_WANTS_ANSWER,
	MODEM_WANTS_END,
};

/* The numeric form of each; V1 says it in words. */
enum modem_result {
	MODEM_OK          = 0,
	MODEM_CONNECT     = 1,
	MODEM_RING        = 2,
	MODEM_NO_CARRIER  = 3,
	MODEM_ERROR       = 4,
	MODEM_NO_DIALTONE = 6,
	MODEM_BUSY        = 7,
	MODEM_NO_ANSWER   = 8,
};

struct modem {
	enum modem_state   state;
	enum modem_request request; /* the network takes it and puts NOTHING here */
	char               number[MODEM_LINE_MAX];
	bool               echo, verbose, quiet;
	unsigned           extended; /* X: which results it knows */
	uint8_t            registers[MODEM_REGISTERS];
	unsigned           speed_bits; /* that CONNECT tells */

	char   line[MODEM_LINE_MAX + 1]; /* a command that is being typed */
	size_t length;
	bool   attention; /* it has begun with AT */
	char   last[MODEM_LINE_MAX + 1];
	bool   quiet_end; /* this command is answered by the network */

	unsigned pluses;
	int64_t  spoke_us; /* when the computer last said something online */
	unsigned rings;

	struct buffer says; /* to the computer */
	struct buffer data; /* of the computer, to the far end */
};

void modem_init(struct modem *modem, unsigned speed_bits);
void modem_release(struct modem *modem);

void    modem_hear(struct modem *modem, const void *bytes, size_t length, int64_t now_us);
void    modem_tick(struct modem *modem, int64_t now_us);
int64_t modem_due_us(const struct modem *modem);

/* What the network tells it. */
void modem_ring(struct modem *modem);
void modem_connected(struct modem *modem, int64_t now_us);
void modem_failed(struct modem *modem, enum modem_result why); /* also: the carrier is lost */
/* The computer let go of the line (DTR): it hangs up, and forgets what was typed. */
void modem_dropped(struct modem *modem);

#endif
