/*
 * status.c - the tokens of the statuses
 */
#include "spool/base/status.h"

const char *
status_text(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return "ok";
	case STATUS_INVALID:
		return "invalid";
	case STATUS_NOT_FOUND:
		return "not-found";
	case STATUS_EXISTS:
		return "exists";
	case STATUS_STALE:
		return "stale";
	case STATUS_BUSY:
		return "busy";
	case STATUS_DENIED:
		return "denied";
	case STATUS_NO_SPACE:
		return "no-space";
	case STATUS_TOO_BIG:
		return "too-big";
	case STATUS_IO:
		return "io";
	case STATUS_CORRUPT:
		return "corrupt";
	case STATUS_UNAVAILABLE:
		return "unavailable";
	default:
		return "unknown";
	}
}
