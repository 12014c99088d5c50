/*
 * description_statement.c - the table of statements, and what this version leaves undone
 *
 * To make a statement acted upon is to change its last column here, in the commit that
 * makes the daemon do it.
 */
#include "spool/description/description_statement.h"

#include <assert.h>
#include <string.h>

#include "spool/description/description_check.h"

enum { ONCE = false, OFTEN = true };

static bool is_noted(const struct description_report *report, size_t first,
                     const struct description *description, struct description_place place);

static const struct description_rule rules[STATEMENT_COUNT] = {
	/* clang-format off */
	[STATEMENT_FILE_NODE]            = { BLOCK_FILE,      "node",                   OFTEN, ACTED   },
	[STATEMENT_FILE_TEMPLATE]        = { BLOCK_FILE,      "template",               OFTEN, ACTED   },
	[STATEMENT_NODE_VISIBLE]         = { BLOCK_NODE,      "visible",                ONCE,  ACTED   },
	[STATEMENT_NODE_FORMERLY]        = { BLOCK_NODE,      "formerly",               OFTEN, ACTED   },
	[STATEMENT_NODE_ALIAS]           = { BLOCK_NODE,      "alias",                  OFTEN, ACTED   },
	[STATEMENT_NODE_TIMEZONE]        = { BLOCK_NODE,      "timezone",               ONCE,  ACTED   },
	[STATEMENT_NODE_CONTACT]         = { BLOCK_NODE,      "contact",                ONCE,  ACTED   },
	[STATEMENT_NODE_LISTEN]          = { BLOCK_NODE,      "listen",                 OFTEN, ACTED   },
	[STATEMENT_NODE_ANSWER]          = { BLOCK_NODE,      "answer",                 OFTEN, ACTED   },
	[STATEMENT_NODE_SUBMIT]          = { BLOCK_NODE,      "submit",                 OFTEN, ACTED   },
	[STATEMENT_NODE_NOTIFY]          = { BLOCK_NODE,      "notify",                 ONCE,  ACTED   },
	[STATEMENT_NODE_LANGUAGE]        = { BLOCK_NODE,      "language",               ONCE,  ACTED   },
	[STATEMENT_NODE_RETAIN]          = { BLOCK_NODE,      "retain",                 ONCE,  ACTED   },
	[STATEMENT_NODE_DEVICE]          = { BLOCK_NODE,      "device",                 OFTEN, ACTED   },
	[STATEMENT_NODE_SCHEDULE]        = { BLOCK_NODE,      "schedule",               OFTEN, ACTED   },
	[STATEMENT_NODE_TEMPLATE]        = { BLOCK_NODE,      "template",               OFTEN, ACTED   },
	[STATEMENT_NODE_LINK]            = { BLOCK_NODE,      "link",                   OFTEN, ACTED   },
	[STATEMENT_NODE_LEAF]            = { BLOCK_NODE,      "leaf",                   ONCE,  ACTED   },
	[STATEMENT_NODE_DATABASE]        = { BLOCK_NODE,      "database",               ONCE,  ACTED   },
	[STATEMENT_NODE_ROUTE]           = { BLOCK_NODE,      "route",                  OFTEN, ACTED   },
	[STATEMENT_NODE_EXPLICIT]        = { BLOCK_NODE,      "explicit",               OFTEN, ACTED   },
	[STATEMENT_NODE_DEFAULT]         = { BLOCK_NODE,      "default",                OFTEN, ACTED   },
	[STATEMENT_NODE_GATEWAY]         = { BLOCK_NODE,      "gateway",                OFTEN, ACTED   },
	[STATEMENT_NODE_SERVICE]         = { BLOCK_NODE,      "service",                OFTEN, ACTED   },
	[STATEMENT_NODE_ALLOW]           = { BLOCK_NODE,      "allow",                  OFTEN, ACTED   },
	[STATEMENT_NODE_REFUSE]          = { BLOCK_NODE,      "refuse",                 OFTEN, ACTED   },
	[STATEMENT_NODE_FORWARD]         = { BLOCK_NODE,      "forward",                OFTEN, ACTED   },
	[STATEMENT_CONTACT_PERSON]       = { BLOCK_CONTACT,   "person",                 ONCE,  ACTED   },
	[STATEMENT_CONTACT_ORGANISATION] = { BLOCK_CONTACT,   "organisation",           ONCE,  ACTED   },
	[STATEMENT_CONTACT_EMAIL]        = { BLOCK_CONTACT,   "email",                  ONCE,  ACTED   },
	[STATEMENT_CONTACT_PHONE]        = { BLOCK_CONTACT,   "phone",                  ONCE,  ACTED   },
	[STATEMENT_CONTACT_POSTAL]       = { BLOCK_CONTACT,   "postal",                 ONCE,  ACTED   },
	[STATEMENT_CONTACT_LOCATION]     = { BLOCK_CONTACT,   "location",               ONCE,  ACTED   },
	[STATEMENT_DEVICE_CALLS]         = { BLOCK_DEVICE,    "calls",                  ONCE,  ACTED   },
	[STATEMENT_DEVICE_ORDER]         = { BLOCK_DEVICE,    "order",                  ONCE,  ACTED   },
	[STATEMENT_LINK_DELAY]           = { BLOCK_LINK,      "delay",                  ONCE,  ACTED   },
	[STATEMENT_LINK_COST]            = { BLOCK_LINK,      "cost",                   ONCE,  ACTED   },
	[STATEMENT_LINK_ONE_WAY]         = { BLOCK_LINK,      "one-way",                ONCE,  ACTED   },
	[STATEMENT_LINK_FOREIGN]         = { BLOCK_LINK,      "foreign",                ONCE,  ACTED   },
	[STATEMENT_LINK_ANNOUNCE]        = { BLOCK_LINK,      "announce",               ONCE,  ACTED   },
	[STATEMENT_LINK_RESTRICT]        = { BLOCK_LINK,      "restrict",               ONCE,  ACTED   },
	[STATEMENT_LINK_INBOUND]         = { BLOCK_LINK,      "inbound",                ONCE,  ACTED   },
	[STATEMENT_LINK_LIMIT]           = { BLOCK_LINK,      "limit",                  ONCE,  ACTED   },
	[STATEMENT_LINK_TRANSPORT]       = { BLOCK_LINK,      "transport",              OFTEN, ACTED   },
	[STATEMENT_LINK_AUTH]            = { BLOCK_LINK,      "auth",                   ONCE,  ACTED   },
	[STATEMENT_LINK_CALL]            = { BLOCK_LINK,      "call",                   ONCE,  ACTED   },
	[STATEMENT_LINK_POLL]            = { BLOCK_LINK,      "poll",                   ONCE,  ACTED   },
	[STATEMENT_LINK_RETRY]           = { BLOCK_LINK,      "retry",                  ONCE,  ACTED   },
	[STATEMENT_LINK_CALL_TIME]       = { BLOCK_LINK,      "call-time",              ONCE,  ACTED   },
	[STATEMENT_LINK_SCHEDULE]        = { BLOCK_LINK,      "schedule",               OFTEN, ACTED   },
	[STATEMENT_LINK_CARRY]           = { BLOCK_LINK,      "carry",                  ONCE,  ACTED   },
	[STATEMENT_LINK_DEVICE]          = { BLOCK_LINK,      "device",                 ONCE,  ACTED   },
	[STATEMENT_LINK_BEFORE]          = { BLOCK_LINK,      "before",                 ONCE,  ACTED   },
	[STATEMENT_LINK_AFTER]           = { BLOCK_LINK,      "after",                  ONCE,  ACTED   },
	[STATEMENT_LINK_PROTECT]         = { BLOCK_LINK,      "protect",                ONCE,  NOT_YET },
	[STATEMENT_LINK_SEAL]            = { BLOCK_LINK,      "seal",                   ONCE,  ACTED   },
	[STATEMENT_LINK_USE]             = { BLOCK_LINK,      "use",                    OFTEN, ACTED   },
	[STATEMENT_INBOUND_RESTRICT]     = { BLOCK_INBOUND,   "restrict",               ONCE,  ACTED   },
	[STATEMENT_INBOUND_DELAY]        = { BLOCK_INBOUND,   "delay",                  ONCE,  ACTED   },
	[STATEMENT_INBOUND_LIMIT]        = { BLOCK_INBOUND,   "limit",                  ONCE,  ACTED   },
	[STATEMENT_CALL_COUNT]           = { BLOCK_CALL,      "count",                  ONCE,  ACTED   },
	[STATEMENT_CALL_BYTES]           = { BLOCK_CALL,      "bytes",                  ONCE,  ACTED   },
	[STATEMENT_CALL_OLDEST]          = { BLOCK_CALL,      "oldest",                 ONCE,  ACTED   },
	[STATEMENT_CARRY_PREFERENCE]     = { BLOCK_CARRY,     "preference",             ONCE,  WITHIN  },
	[STATEMENT_CARRY_SERVICE]        = { BLOCK_CARRY,     "service",                ONCE,  WITHIN  },
	[STATEMENT_CARRY_AT_LEAST]       = { BLOCK_CARRY,     "at-least",               ONCE,  WITHIN  },
	[STATEMENT_CARRY_SMALLER_THAN]   = { BLOCK_CARRY,     "smaller-than",           ONCE,  WITHIN  },
	[STATEMENT_LIMIT_MESSAGE]        = { BLOCK_LIMIT,     "message",                ONCE,  ACTED   },
	[STATEMENT_LIMIT_QUEUE]          = { BLOCK_LIMIT,     "queue",                  ONCE,  ACTED   },
	[STATEMENT_LIMIT_PER_CALL]       = { BLOCK_LIMIT,     "per-call",               ONCE,  ACTED   },
	[STATEMENT_LIMIT_PER_DAY]        = { BLOCK_LIMIT,     "per-day",                ONCE,  ACTED   },
	[STATEMENT_LIMIT_TOPOLOGY]       = { BLOCK_LIMIT,     "topology",               ONCE,  ACTED   },
	[STATEMENT_TRANSPORT_SPEED]      = { BLOCK_TRANSPORT, "speed",                  ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_FLOW]       = { BLOCK_TRANSPORT, "flow",                   ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_PATH]       = { BLOCK_TRANSPORT, "path",                   ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_PLAIN]      = { BLOCK_TRANSPORT, "plain",                  ONCE,  ACTED   },
	[STATEMENT_TRANSPORT_ROUND_TRIP] = { BLOCK_TRANSPORT, "round-trip",             ONCE,  ACTED   },
	[STATEMENT_TRANSPORT_TIMEOUT]    = { BLOCK_TRANSPORT, "timeout",                ONCE,  ACTED   },
	[STATEMENT_TRANSPORT_RATE]       = { BLOCK_TRANSPORT, "rate",                   ONCE,  ACTED   },
	[STATEMENT_TRANSPORT_CAPACITY]   = { BLOCK_TRANSPORT, "capacity",               ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_OVERDUE]    = { BLOCK_TRANSPORT, "overdue",                ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_REPAIR]     = { BLOCK_TRANSPORT, "repair",                 ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_PHONE]      = { BLOCK_TRANSPORT, "phone",                  ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_DIAL]       = { BLOCK_TRANSPORT, "dial",                   ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_LOGIN]      = { BLOCK_TRANSPORT, "login",                  ONCE,  WITHIN  },
	[STATEMENT_TRANSPORT_HANGUP]     = { BLOCK_TRANSPORT, "hangup",                 ONCE,  WITHIN  },
	[STATEMENT_SERVICE_DELIVER]      = { BLOCK_SERVICE,   "deliver",                ONCE,  ACTED   },
	[STATEMENT_SERVICE_QUOTA]        = { BLOCK_SERVICE,   "quota",                  ONCE,  ACTED   },
	[STATEMENT_SERVICE_ORDERED]      = { BLOCK_SERVICE,   "ordered",                ONCE,  ACTED   },
	[STATEMENT_SERVICE_QUIET]        = { BLOCK_SERVICE,   "quiet",                  ONCE,  ACTED   },
	[STATEMENT_SERVICE_ACCEPT]       = { BLOCK_SERVICE,   "accept",                 ONCE,  ACTED   },
	[STATEMENT_ANSWER_SERIAL]        = { BLOCK_VARIANT,   "answer serial",          OFTEN, ACTED   },
	[STATEMENT_TRANSPORT_SERIAL]     = { BLOCK_VARIANT,   "transport serial",       OFTEN, ACTED   },
	[STATEMENT_TRANSPORT_COMMAND]    = { BLOCK_VARIANT,   "transport command",      OFTEN, ACTED   },
	[STATEMENT_TRANSPORT_DIRECTORY]  = { BLOCK_VARIANT,   "transport directory",    OFTEN, ACTED   },
	[STATEMENT_LINK_LABEL]           = { BLOCK_VARIANT,   "link ... as",            OFTEN, ACTED   },
	[STATEMENT_DELIVER_LMTP]         = { BLOCK_VARIANT,   "deliver lmtp",           OFTEN, ACTED   },
	[STATEMENT_GATEWAY_SMTP]         = { BLOCK_VARIANT,   "gateway ... via smtp",   OFTEN, ACTED   },
	[STATEMENT_GATEWAY_LMTP]         = { BLOCK_VARIANT,   "gateway ... via lmtp",   OFTEN, ACTED   },
	/* clang-format on */
};

const struct description_rule *
description_rule_of(enum description_statement_kind kind)
{
	assert(kind < STATEMENT_COUNT);
	return &rules[kind];
}

const char *
description_block_text(enum description_block_kind block)
{
	/* clang-format off */
	static const char *const texts[] = {
		[BLOCK_FILE]      = "the file",
		[BLOCK_NODE]      = "a node",
		[BLOCK_CONTACT]   = "contact",
		[BLOCK_DEVICE]    = "a device",
		[BLOCK_LINK]      = "a link",
		[BLOCK_INBOUND]   = "inbound",
		[BLOCK_CALL]      = "call when",
		[BLOCK_CARRY]     = "carry",
		[BLOCK_LIMIT]     = "limit",
		[BLOCK_TRANSPORT] = "a transport",
		[BLOCK_SERVICE]   = "a service",
	};
	/* clang-format on */

	assert(block < sizeof(texts) / sizeof(texts[0]));
	return texts[block];
}

void
description_unsupported(const struct description *description, struct description_report *report)
{
	size_t first = report->count;

	for (size_t i = 0; i < description->statement_count; i++) {
		const struct description_statement *statement = &description->statements[i];

		if (rules[statement->kind].support != NOT_YET ||
		    is_noted(report, first, description, statement->place))
			continue;
		description_report_add(report, DESCRIPTION_NOTE, description, statement->place,
		                       "this version does not act on `%s` yet",
		                       rules[statement->kind].word);
	}
}

/* A statement of a template stands once for every link that uses it; one note will do. */
static bool
is_noted(const struct description_report *report, size_t first,
         const struct description *description, struct description_place place)
{
	const char *path = description->sources.items[place.source].path;

	for (size_t i = first; i < report->count; i++) {
		const struct diagnostic *diagnostic = &report->findings[i].diagnostic;

		if (diagnostic->line == place.line && diagnostic->column == place.column &&
		    strncmp(diagnostic->path, path, sizeof(diagnostic->path) - 1) == 0)
			return true;
	}
	return false;
}
