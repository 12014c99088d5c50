/*
 * modem.c - Hayes' rules, as far as a chat can see them
 *
 * ITU-T V.250 for the syntax of commands and the form of results; S registers and the escape
 * as Hayes had them: three S2 with S12 fiftieths of a second of silence on both sides.
 */
#include "tests/support/modem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	S_AUTO_ANSWER  = 0,
	S_ESCAPE       = 2,
	S_RETURN       = 3,
	S_NEWLINE      = 4,
	S_BACKSPACE    = 5,
	S_WAIT_CARRIER = 7,
	S_GUARD        = 12,
	GUARD_UNIT_US  = 20000
};

static void     command_byte(struct modem *modem, uint8_t byte);
static void     obey(struct modem *modem);
static bool     obey_one(struct modem *modem, const char **at);
static bool     dial(struct modem *modem, const char **at);
static bool     set_register(struct modem *modem, const char **at);
static bool     back_online(struct modem *modem);
static void     data_byte(struct modem *modem, uint8_t byte, int64_t now_us);
static void     say(struct modem *modem, enum modem_result result);
static void     reset(struct modem *modem);
static unsigned number(const char **at);

void
modem_init(struct modem *modem, unsigned speed_bits)
{
	*modem = (struct modem){ .state = MODEM_COMMAND, .speed_bits = speed_bits };
	buffer_init(&modem->says);
	buffer_init(&modem->data);
	reset(modem);
}

void
modem_release(struct modem *modem)
{
	buffer_release(&modem->says);
	buffer_release(&modem->data);
}

static void
reset(struct modem *modem)
{
	static const uint8_t defaults[MODEM_REGISTERS] = {
		[S_ESCAPE] = '+',     [S_RETURN] = '\r',     [S_NEWLINE] = '\n',
		[S_BACKSPACE] = '\b', [S_WAIT_CARRIER] = 50, [S_GUARD] = 50,
	};

	memcpy(modem->registers, defaults, sizeof(defaults));
	modem->echo = modem->verbose = true;
	modem->quiet                 = false;
	modem->extended              = 4;
}

void
modem_hear(struct modem *modem, const void *bytes, size_t length, int64_t now_us)
{
	const uint8_t *from = bytes;

	for (size_t i = 0; i < length; i++)
		switch (modem->state) {
		case MODEM_COMMAND:
		case MODEM_ESCAPED:
			command_byte(modem, from[i]);
			break;
		case MODEM_DIALLING: /* any key ends an attempt */
			modem->request = MODEM_WANTS_END;
			modem_failed(modem, MODEM_NO_CARRIER);
			break;
		case MODEM_ONLINE:
			data_byte(modem, from[i], now_us);
			break;
		}
}

/* --- commands ------------------------------------------------------------------------------ */

static void
command_byte(struct modem *modem, uint8_t byte)
{
	char letter = (char)toupper(byte & 0x7f);

	if (modem->echo)
		buffer_append_u8(&modem->says, byte);
	if (!modem->attention) {
		if (letter == '/' && modem->length == 1) {
			memcpy(modem->line, modem->last, sizeof(modem->line));
			modem->length = 0;
			obey(modem);
		} else if (letter == 'A') {
			modem->length = 1;
		} else {
			modem->attention = letter == 'T' && modem->length == 1;
			modem->length    = 0;
		}
		return;
	}
	if (letter == modem->registers[S_RETURN]) {
		modem->line[modem->length] = '\0';
		modem->attention           = false;
		modem->length              = 0;
		memcpy(modem->last, modem->line, sizeof(modem->last));
		obey(modem);
	} else if (letter == modem->registers[S_BACKSPACE]) {
		modem->length -= modem->length > 0;
	} else if (modem->length < MODEM_LINE_MAX && letter > ' ') {
		modem->line[modem->length++] = letter;
	}
}

static void
obey(struct modem *modem)
{
	const char *at = modem->line;

	modem->quiet_end = false;
	while (*at != '\0')
		if (!obey_one(modem, &at)) {
			say(modem, MODEM_ERROR);
			return;
		}
	if (!modem->quiet_end)
		say(modem, MODEM_OK);
}

static bool
obey_one(struct modem *modem, const char **at)
{
	unsigned value;

	switch (*(*at)++) {
	case 'A':
		modem->request   = MODEM_WANTS_ANSWER;
		modem->quiet_end = true;
		*at += strlen(*at);
		return modem->state == MODEM_COMMAND;
	case 'D':
		return dial(modem, at);
	case 'E':
		modem->echo = number(at) != 0;
		return true;
	case 'H':
		value = number(at);
		if (modem->state == MODEM_ESCAPED && value == 0) {
			modem->state   = MODEM_COMMAND;
			modem->request = MODEM_WANTS_END;
		}
		return value <= 1;
	case 'I':
		number(at);
		buffer_append_text(&modem->says, "\r\nmulga test modem\r\n");
		return true;
	case 'O':
		number(at);
		return back_online(modem);
	case 'Q':
		modem->quiet = number(at) != 0;
		return true;
	case 'S':
		return set_register(modem, at);
	case 'V':
		modem->verbose = number(at) != 0;
		return true;
	case 'X':
		modem->extended = number(at);
		return modem->extended <= 4;
	case 'Z':
		number(at);
		if (modem->state == MODEM_ESCAPED)
			modem->request = MODEM_WANTS_END;
		modem->state = MODEM_COMMAND;
		reset(modem);
		return true;
	case '&':
	case '%':
	case '\\':
		if (**at == 'F')
			reset(modem);
		*at += **at != '\0';
		number(at);
		return true;
	case 'L':
	case 'M':
	case 'N':
		number(at);
		return true;
	default:
		return false;
	}
}

static bool
dial(struct modem *modem, const char **at)
{
	size_t length = 0;

	if (modem->state != MODEM_COMMAND)
		return false;
	for (; **at != '\0'; (*at)++)
		if (isdigit((unsigned char)**at) && length + 1 < sizeof(modem->number))
			modem->number[length++] = **at;
	modem->number[length] = '\0';
	modem->state          = MODEM_DIALLING;
	modem->request        = MODEM_WANTS_CALL;
	modem->quiet_end      = true;
	return true;
}

static bool
set_register(struct modem *modem, const char **at)
{
	unsigned which = number(at);

	if (which >= MODEM_REGISTERS)
		return false;
	if (**at == '?') {
		(*at)++;
		buffer_append_format(&modem->says, "\r\n%03u\r\n", modem->registers[which]);
		return true;
	}
	if (*(*at)++ != '=')
		return false;
	modem->registers[which] = (uint8_t)number(at);
	return true;
}

static bool
back_online(struct modem *modem)
{
	if (modem->state != MODEM_ESCAPED)
		return false;
	modem->state     = MODEM_ONLINE;
	modem->quiet_end = true;
	say(modem, MODEM_CONNECT);
	return true;
}

static unsigned
number(const char **at)
{
	unsigned value = 0;

	while (isdigit((unsigned char)**at) && value < 1000)
		value = value * 10 + (unsigned)(*(*at)++ - '0');
	return value;
}

/* --- online ---------------------------------------------------------------------------------- */

static void
data_byte(struct modem *modem, uint8_t byte, int64_t now_us)
{
	int64_t guard_us = (int64_t)modem->registers[S_GUARD] * GUARD_UNIT_US;
	bool    silent   = now_us - modem->spoke_us >= guard_us;

	if (byte == modem->registers[S_ESCAPE] && modem->pluses == 0 && silent)
		modem->pluses = 1;
	else if (byte == modem->registers[S_ESCAPE] && modem->pluses > 0 && modem->pluses < 3 &&
	         !silent)
		modem->pluses++;
	else
		modem->pluses = 0;
	modem->spoke_us = now_us;
	buffer_append_u8(&modem->data, byte);
}

int64_t
modem_due_us(const struct modem *modem)
{
	if (modem->state != MODEM_ONLINE || modem->pluses != 3)
		return MODEM_NEVER_US;
	return modem->spoke_us + (int64_t)modem->registers[S_GUARD] * GUARD_UNIT_US;
}

void
modem_tick(struct modem *modem, int64_t now_us)
{
	if (modem_due_us(modem) > now_us)
		return;
	modem->pluses = 0;
	modem->state  = MODEM_ESCAPED;
	say(modem, MODEM_OK);
}

/* --- what the network says --------------------------------------------------------------------- */

void
modem_ring(struct modem *modem)
{
	if (modem->state != MODEM_COMMAND)
		return;
	say(modem, MODEM_RING);
	modem->rings++;
	if (modem->registers[S_AUTO_ANSWER] > 0 && modem->rings >= modem->registers[S_AUTO_ANSWER])
		modem->request = MODEM_WANTS_ANSWER;
}

void
modem_connected(struct modem *modem, int64_t now_us)
{
	modem->state    = MODEM_ONLINE;
	modem->rings    = 0;
	modem->pluses   = 0;
	modem->spoke_us = now_us;
	say(modem, MODEM_CONNECT);
}

void
modem_failed(struct modem *modem, enum modem_result why)
{
	static const unsigned needs[] = {
		[MODEM_NO_DIALTONE] = 2, [MODEM_BUSY] = 3, [MODEM_NO_ANSWER] = 3
	};

	if (why > MODEM_ERROR && modem->extended < needs[why])
		why = MODEM_NO_CARRIER;
	modem->state     = MODEM_COMMAND;
	modem->attention = false;
	modem->length    = 0;
	modem->rings     = 0;
	say(modem, why);
}

void
modem_dropped(struct modem *modem)
{
	if (modem->state != MODEM_COMMAND)
		modem->request = MODEM_WANTS_END;
	modem->state     = MODEM_COMMAND;
	modem->attention = false;
	modem->length    = 0;
	modem->rings     = 0;
	buffer_clear(&modem->says);
	buffer_clear(&modem->data);
}

static void
say(struct modem *modem, enum modem_result result)
{
	static const char *const words[] = {
		[MODEM_OK] = "OK",       [MODEM_CONNECT] = "CONNECT",
		[MODEM_RING] = "RING",   [MODEM_NO_CARRIER] = "NO CARRIER",
		[MODEM_ERROR] = "ERROR", [MODEM_NO_DIALTONE] = "NO DIALTONE",
		[MODEM_BUSY] = "BUSY",   [MODEM_NO_ANSWER] = "NO ANSWER",
	};
	static const struct {
		unsigned bits, code;
	} speeds[]    = { { 1200, 5 },  { 2400, 10 },  { 4800, 11 },
		          { 9600, 12 }, { 14400, 13 }, { 19200, 14 } };
	unsigned code = result;

	if (modem->quiet)
		return;
	for (size_t i = 0; result == MODEM_CONNECT && modem->extended > 0 && i < 6; i++)
		if (speeds[i].bits == modem->speed_bits)
			code = speeds[i].code;
	if (!modem->verbose)
		buffer_append_format(&modem->says, "%u\r", code);
	else if (code != result)
		buffer_append_format(&modem->says, "\r\n%s %u\r\n", words[result],
		                     modem->speed_bits);
	else
		buffer_append_format(&modem->says, "\r\n%s\r\n", words[result]);
}
