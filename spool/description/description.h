/*
 * description.h - an operator's description file as plain values
 *
 * A file (doc/mulga.topo.5.md) describes one node, or each node of a whole network.
 * description_parse.c makes these values, description_check.c judges them,
 * description_print.c writes them back: parse(print(x)) == x. Templates and includes are
 * expanded by then, and every default that is a plain number is filled in, so whoever
 * reads the values needs no second rule.
 *
 * One struct description owns everything below it. A text that was not stated is NULL, a
 * duration or size that was not stated is DESCRIPTION_UNSET. Durations are milliseconds,
 * sizes bytes. A place says where a statement stood; it never takes part in equality.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_H
#define SPOOL_DESCRIPTION_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/instant.h"
#include "spool/description/description_source.h"
#include "spool/name/name.h"

enum { DESCRIPTION_UNSET = -1 };
enum { DESCRIPTION_DELAY_DEFAULT_MS = 1000, DESCRIPTION_COST_DEFAULT = 0 };

struct description_place {
	unsigned source; /* index into description.sources              */
	unsigned line;   /* from 1; 0 = not stated                      */
	unsigned column; /* in characters, from 1                       */
	unsigned length; /* characters of the word that a message marks */
};

struct description_texts {
	char **items;
	size_t count;
	size_t capacity;
};

struct description_names {
	struct name *items;
	size_t       count;
	size_t       capacity;
};

enum description_preference {
	DESCRIPTION_FASTEST  = 1,
	DESCRIPTION_CHEAPEST = 2,
	DESCRIPTION_BOTH     = 3,
};

enum description_priority {
	DESCRIPTION_LOW,
	DESCRIPTION_NORMAL,
	DESCRIPTION_HIGH,
	DESCRIPTION_URGENT,
};

/* --- the dialogue with a modem or a login prompt --------------------------------------- */

/* What a chat text sends besides the bytes 0..255: one code each. */
enum description_chat_code {
	CHAT_NO_RETURN = 256, /* \c no carriage return is added       */
	CHAT_DELAY,           /* \d wait two seconds                  */
	CHAT_PAUSE,           /* \p wait a quarter of a second        */
	CHAT_BREAK,           /* \K a break on the line               */
	CHAT_PHONE,           /* \P the phone number of this attempt  */
};

struct description_chat_text {
	uint16_t *codes; /* bytes, and enum description_chat_code */
	size_t    count;
	size_t    capacity;
};

enum description_chat_kind {
	CHAT_ABORT,   /* texts: any of them ends the chat with a failure                   */
	CHAT_TIMEOUT, /* duration_ms: for the expects that follow                          */
	CHAT_SEND,    /* texts[0]                                                          */
	CHAT_SECRET,  /* secret: the name of a secret of keys/, sent but never shown       */
	CHAT_EXPECT,  /* texts: any; with `retries`, send `retry` and wait again each time */
	CHAT_WAIT,    /* duration_ms; `pause 1s`                                           */
};

struct description_chat_step {
	enum description_chat_kind    kind;
	struct description_chat_text *texts;
	size_t                        text_count;
	size_t                        text_capacity;
	struct description_chat_text  retry;
	unsigned                      retries;
	char                         *secret;
	int64_t                       duration_ms;
	struct description_place      place;
};

struct description_chat {
	struct description_chat_step *steps;
	size_t                        count;
	size_t                        capacity;
};

/* --- how bytes reach a neighbor -------------------------------------------------------- */

enum description_transport_kind {
	TRANSPORT_TCP,       /* address "HOST:PORT"; or listen: the neighbor calls us */
	TRANSPORT_SERIAL,    /* address is the device file                            */
	TRANSPORT_COMMAND,   /* arguments; its standard input and output are the line */
	TRANSPORT_DIRECTORY, /* address is the folder where a medium appears          */
};

enum description_flow { FLOW_NONE, FLOW_RTSCTS, FLOW_XONXOFF };

struct description_transport {
	enum description_transport_kind kind;

	char *address; /* NULL for listen and command          */
	bool  listen;  /* tcp: never call, wait for the call   */
	bool  plain;   /* without TLS                          */

	struct description_texts arguments; /* command */

	unsigned              speed_bits; /* per second on the serial line; 0 = as it is */
	enum description_flow flow;
	bool                  path_7bit;        /* 8 bits otherwise            */
	bool                  path_unreliable;  /* framing with repair below   */
	bool                  path_half_duplex; /* one side talks at a time    */

	int64_t  round_trip_ms;
	int64_t  timeout_ms;
	int64_t  rate_bits; /* per second, for estimates */
	int64_t  capacity_bytes;
	int64_t  overdue_ms;
	unsigned repair_percent; /* more blocks, which stand in for lost ones; 0 = none */

	struct description_texts phones;
	struct description_chat  dial;
	struct description_chat  login;
	struct description_chat  hangup;
	struct description_place place;
};

/* --- one neighbor ---------------------------------------------------------------------- */

enum description_direction { LINK_BOTH_WAYS, LINK_ONE_WAY_OUT, LINK_ONE_WAY_IN };

struct description_limit {
	int64_t message_bytes;
	int64_t queue_bytes;
	int64_t per_call_bytes;
	int64_t per_day_bytes;
	int64_t topology_per_day_bytes;
};

enum description_call {
	CALL_AS_USUAL,  /* not stated: tcp stays up, others on demand   */
	CALL_ON_DEMAND, /* when something is queued                     */
	CALL_ALWAYS,    /* keep the link up                             */
	CALL_NEVER,     /* wait to be called, or for `mulga call`       */
	CALL_WHEN_ANY,  /* when one of the thresholds below is reached  */
	CALL_WHEN_ALL,  /* when all of those that are stated are        */
};

struct description_call_policy {
	enum description_call kind;
	int64_t               count;         /* messages ...                        */
	char                 *count_service; /* ... of this service; NULL: of any   */
	int64_t               bytes;
	int64_t               oldest_ms;
};

struct description_link_schedule {
	char                     *name; /* of a description_schedule of the same node */
	enum description_priority at_least;
	struct description_place  place;
};

struct description_carry {
	bool                        stated; /* without it, the link carries everything */
	enum description_preference preference;
	struct description_texts    services; /* none: all                             */
	enum description_priority   at_least;
	int64_t                     smaller_than_bytes;
};

struct description_link {
	struct name neighbor;
	char       *label;    /* `as LABEL`; "" for the plain link, never NULL */
	int64_t     delay_ms; /* default 1 s */
	bool        delay_stated;
	int64_t     cost; /* default 0   */

	enum description_direction direction;

	bool foreign;   /* the far end does not speak our protocol */
	bool announced; /* told to the network; default yes        */

	struct name outbound_restrict; /* home to neighbor; "" = none                 */
	struct name inbound_restrict;  /* neighbor to home, told to it; "" = none     */
	int64_t     inbound_delay_ms;  /* told to it; DESCRIPTION_UNSET: as delay_ms  */

	struct description_limit inbound_limit; /* told to it */
	struct description_limit limit;

	struct description_transport *transports; /* tried in this order */
	size_t                        transport_count;
	size_t                        transport_capacity;

	char *auth_key; /* the neighbor's public key, base64 */

	struct description_call_policy call;

	int64_t poll_ms;
	int64_t retry_ms;     /* first pause after a failed call         */
	int64_t retry_max_ms; /* doubling up to here; UNSET: no doubling */
	int64_t call_time_ms; /* longest call                            */

	struct description_link_schedule *schedules; /* none: always open */
	size_t                            schedule_count;
	size_t                            schedule_capacity;

	struct description_carry carry;

	char                    *device;
	int64_t                  device_slot_ms; /* after a window of the schedule opens */
	struct description_texts before;         /* arguments, never given to a shell    */
	struct description_texts after;

	bool protect_signed; /* in clear, with authenticated frames */
	bool seal_never;

	struct description_place place;
	struct description_place device_place;
	struct description_place auth_place;
	struct description_place inbound_restrict_place;
};

/* --- one node -------------------------------------------------------------------------- */

struct description_contact {
	bool                     stated;
	char                    *person;
	char                    *organisation;
	char                    *email;
	char                    *phone;
	struct description_texts postal;
	bool                     located;
	int32_t latitude_udeg; /* millionths of a degree, north and east positive */
	int32_t longitude_udeg;
};

struct description_former {
	struct name              name;
	struct walltime          until; /* 00:00 UTC of that day; INT64_MAX = for ever */
	struct description_place place;
};

struct description_listen {
	char                    *address; /* tcp "HOST:PORT" */
	bool                     plain;   /* without TLS     */
	struct description_place place;
};

enum description_order { ORDER_AS_STATED, ORDER_ROUND_ROBIN };

struct description_device {
	char                    *name;
	unsigned                 calls; /* at the same time; default 1 */
	enum description_order   order;
	struct description_place place;
};

enum description_window_kind { WINDOW_WEEKLY, WINDOW_EVERY };

struct description_window {
	enum description_window_kind kind;

	unsigned days;         /* weekly: bit 0 Monday .. bit 6 Sunday             */
	unsigned start_minute; /* weekly: from this minute of the day ...          */
	unsigned end_minute;   /* ... to this one, of the next day if not later;   */
			       /* 0 to 1440 is `all`                               */
	int64_t every_ms;      /* every: this long from one opening to the next, ... */
	int64_t open_ms;       /* ... open for this long, ...                      */
	int64_t offset_ms;     /* ... counted from midnight plus this              */

	struct description_place place;
};

struct description_schedule {
	char                      *name;
	struct description_window *windows;
	size_t                     count;
	size_t                     capacity;
	struct description_place   place;
};

struct description_route {
	struct name                 region; /* a node or a region */
	struct name                 via;    /* a neighbor         */
	enum description_preference preference;
	struct description_place    place;
};

/* A region in a routing rule, written `*.edu` or `edu`; `*` is the world. It covers the
 * region's own name and every name inside. */
struct description_pattern {
	struct name              region;
	struct description_place place;
};

struct description_patterns {
	struct description_pattern *items;
	size_t                      count;
	size_t                      capacity;
};

/* `explicit PATTERN = a ! b ! *`: a message for the pattern visits a, then b. */
struct description_explicit {
	struct description_pattern pattern;
	struct description_names   waypoints;
	bool                       onward; /* ends in `! *`: then to where it was meant for */
};

struct description_default {
	struct description_patterns patterns;
	struct name                 via; /* a node, routed normally (D14) */
	struct description_place    place;
};

enum description_gateway_kind { GATEWAY_SMTP, GATEWAY_LMTP, GATEWAY_COMMAND };

struct description_gateway {
	struct description_patterns   patterns;
	enum description_gateway_kind kind;
	char                         *address;   /* smtp, lmtp */
	struct description_texts      arguments; /* command    */
	struct description_place      place;
};

enum description_deliver {
	DELIVER_NONE,
	DELIVER_MAILDIR,
	DELIVER_LMTP,
	DELIVER_COMMAND,
	DELIVER_DROP,
	DELIVER_HOLD,    /* it waits in the spool until its user fetches it   */
	DELIVER_PUBLISH, /* `path` is a folder: who asks for a file is sent it */
};

struct description_service {
	char                    *name; /* "mail", "news", "file" or any other word */
	enum description_deliver deliver;
	char                    *path; /* maildir, drop: with %u; lmtp: the socket */
	struct description_texts arguments;
	int64_t                  quota_bytes;
	bool                     ordered;
	bool                     quiet;        /* hold, drop: the user is not told by mail */
	struct description_names accept_from;  /* regions; with the next one empty: everybody */
	struct description_texts accept_users; /* "user@node" */
	struct description_place place;
	struct description_place accept_place;
	struct description_place quota_place;
};

enum description_act { ACT_BROADCAST, ACT_MULTICAST, ACT_EXPLICIT, ACT_REGION, ACT_SERVICE };

/* `allow` or `refuse`: what programs of this machine may submit. The first that fits decides. */
struct description_permit {
	bool                     allowed;
	enum description_act     act;
	struct description_names regions;  /* broadcast (none: any), region    */
	int64_t                  most;     /* multicast: fits if there are more */
	struct description_texts services; /* service                           */
	struct description_texts users;    /* none: everybody                   */
	struct description_place place;
};

/* `forward USER to ADDRESS ...`: mail for that user is that of others. */
struct description_forward {
	char                    *user;
	struct description_texts to; /* canonical; of this node, too, as user@node */
	struct description_place place;
};

struct description_node {
	struct name name;
	struct name visible;            /* default its parent; "" is the world */
	struct name leaf_via;           /* "" = no leaf                        */
	struct name database_full_from; /* D29; "" = nobody                    */
	char       *timezone;           /* NULL: the system's                  */
	char       *notify;             /* the user who gets notices           */
	const char *language;           /* of reports; NULL: English; a literal */
	int64_t     retain_delivered_ms;

	struct description_texts   aliases;
	struct description_texts   submit_lmtp; /* addresses where local programs submit */
	struct description_texts   submit_by;   /* logins that may name any sender           */
	struct description_contact contact;

	struct description_former *formers;
	size_t                     former_count;
	size_t                     former_capacity;

	struct description_listen *listens;
	size_t                     listen_count;
	size_t                     listen_capacity;

	bool answer_program_plain; /* calls that programs hand over may be without TLS */

	struct description_transport *answers; /* serial lines that take calls */
	size_t                        answer_count;
	size_t                        answer_capacity;

	struct description_device *devices;
	size_t                     device_count;
	size_t                     device_capacity;

	struct description_schedule *schedules;
	size_t                       schedule_count;
	size_t                       schedule_capacity;

	struct description_link *links;
	size_t                   link_count;
	size_t                   link_capacity;

	struct description_route *routes;
	size_t                    route_count;
	size_t                    route_capacity;

	struct description_explicit *explicits;
	size_t                       explicit_count;
	size_t                       explicit_capacity;

	struct description_default *defaults;
	size_t                      default_count;
	size_t                      default_capacity;

	struct description_gateway *gateways;
	size_t                      gateway_count;
	size_t                      gateway_capacity;

	struct description_service *services;
	size_t                      service_count;
	size_t                      service_capacity;

	struct description_permit *permits;
	size_t                     permit_count;
	size_t                     permit_capacity;

	struct description_forward *forwards;
	size_t                      forward_count;
	size_t                      forward_capacity;

	struct description_place place; /* of the name after `node` */
	struct description_place visible_place;
	struct description_place timezone_place;
	struct description_place leaf_place;
	struct description_place database_place;
};

/* --- all of it ------------------------------------------------------------------------- */

/* One statement as it stood, for description_unsupported(). */
struct description_statement {
	unsigned                 kind; /* enum description_statement_kind */
	struct description_place place;
};

struct description {
	struct description_sources    sources; /* the files, included ones too */
	struct description_node      *nodes;   /* as stated                    */
	size_t                        node_count;
	size_t                        node_capacity;
	struct description_statement *statements;
	size_t                        statement_count;
	size_t                        statement_capacity;
};

void description_init(struct description *description);
void description_release(struct description *description);

/* A node or link about which nothing is stated but its name: the defaults. */
void description_node_init(struct description_node *node, const struct name *name);
void description_link_init(struct description_link *link, const struct name *neighbor);
void description_link_release(struct description_link *link);
void description_transport_init(struct description_transport   *transport,
                                enum description_transport_kind kind);
void description_transport_release(struct description_transport *transport);

/*
 * How much longer than on a line without delay so many round trips and bytes may take on one that has
 * what the transport states. 0 where nothing is stated.
 */
int64_t description_patience_ms(const struct description_transport *transport, unsigned round_trips,
                                int64_t bytes);

/* Do both say the same, whatever the files looked like? Places and sources do not count. */
bool description_equal(const struct description *a, const struct description *b);

/* For reload, which says what changed. */
bool description_link_equal(const struct description_link *a, const struct description_link *b);

/* Borrowed until the description is released; NULL if there is none. */
const struct description_node    *description_find_node(const struct description *description,
                                                        const char               *name);
const struct description_link    *description_find_link(const struct description_node *node,
                                                        const char *neighbor, const char *label);
const struct description_service *description_find_service(const struct description_node *node,
                                                           const char                    *service);

#endif
