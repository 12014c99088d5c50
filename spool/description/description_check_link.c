/*
 * description_check_link.c - can this link work, and is it meant so?
 */
#include <string.h>

#include "spool/description/description_checker.h"
#include "spool/description/description_suggestion.h"

enum {
	KEY_BYTES        = 44,  /* Ed25519 SubjectPublicKeyInfo (RFC 8410) */
	SMALL_MAIL_BYTES = 512, /* a greeting, with its headings */
};

static void check_folders(const struct description_checker *checker,
                          const struct description_link    *link);
static void check_link_schedules(const struct description_checker *checker,
                                 const struct description_node    *node,
                                 const struct description_link    *link);
static void check_device(const struct description_checker *checker,
                         const struct description_node *node, const struct description_link *link);
static void check_slot(const struct description_checker *checker,
                       const struct description_node *node, const struct description_link *link);
static bool opens_after_slot(const struct description_schedule *schedule, int64_t slot_ms);
static void check_restrictions(const struct description_checker *checker,
                               const struct description_node    *node,
                               const struct description_link    *link);
static void check_limits(const struct description_checker *checker,
                         const struct description_link    *link,
                         const struct description_limit   *limit);
static void check_transport(const struct description_checker   *checker,
                            const struct description_transport *transport);
static void check_secrets(const struct description_checker *checker,
                          const struct description_chat    *chat);
static bool asks_for_password(const struct description_chat_step *step);
static bool text_contains(const struct description_chat_text *text, const char *part);
static bool is_key(const char *text);
static const struct description_schedule *find_schedule(const struct description_node *node,
                                                        const char                    *name);

void
description_check_link(const struct description_checker *checker,
                       const struct description_node *node, const struct description_link *link)
{
	if (name_compare(&link->neighbor, &node->name) == 0)
		description_checker_error(checker, link->place, "a node is no neighbor of itself");
	check_link_schedules(checker, node, link);
	check_device(checker, node, link);
	check_restrictions(checker, node, link);
	check_limits(checker, link, &link->limit);
	check_limits(checker, link, &link->inbound_limit);
	for (size_t i = 0; i < link->transport_count; i++)
		check_transport(checker, &link->transports[i]);
	if (link->transport_count == 0 && checker->description->node_count == 1)
		description_checker_warn(checker, link->place,
		                         "without a transport nothing passes this link");
	if (link->poll_ms >= 0 && link->call.kind == CALL_NEVER)
		description_checker_warn(checker, link->place,
		                         "a link that never calls does not poll");
	check_folders(checker, link);
	description_check_foreign(checker, node, link);
	if (link->auth_key != NULL && !is_key(link->auth_key))
		description_report_hint(
		    description_checker_warn(checker, link->auth_place,
		                             "this is not the public key of a node"),
		    "`mulga key` shows it, over there");
}

/* What is carried by hand is signed, and sealed unless the link says otherwise. */
static void
check_folders(const struct description_checker *checker, const struct description_link *link)
{
	bool folders = false, others = false;

	for (size_t i = 0; i < link->transport_count; i++) {
		folders = folders || link->transports[i].kind == TRANSPORT_DIRECTORY;
		others  = others || link->transports[i].kind != TRANSPORT_DIRECTORY;
	}
	if (folders && link->auth_key == NULL)
		description_report_hint(
		    description_checker_warn(checker, link->place,
		                             "nothing is carried to or from a node whose key is "
		                             "not stated"),
		    "say `auth key`, with what `mulga key` shows over there");
	if (others && link->seal_never && !link->protect_signed)
		description_checker_warn(checker, link->place,
		                         "`seal never` is kept on sticks; what goes by another "
		                         "transport of this version is under TLS or plain");
}

static void
check_link_schedules(const struct description_checker *checker, const struct description_node *node,
                     const struct description_link *link)
{
	for (size_t i = 0; i < link->schedule_count; i++) {
		const struct description_link_schedule *stated = &link->schedules[i];
		struct description_suggestion suggestion = description_suggestion_for(stated->name);
		struct diagnostic            *diagnostic;

		for (size_t j = 0; j < i; j++)
			if (strcmp(link->schedules[j].name, stated->name) == 0) {
				description_checker_repeated(checker, stated->place,
				                             link->schedules[j].place,
				                             "this schedule");
				break;
			}
		if (find_schedule(node, stated->name) != NULL)
			continue;
		diagnostic = description_checker_error(checker, stated->place,
		                                       "node %s has no schedule \"%s\"",
		                                       node->name.text, stated->name);
		for (size_t j = 0; j < node->schedule_count; j++)
			description_suggestion_consider(&suggestion, node->schedules[j].name);
		description_suggestion_hint(&suggestion, diagnostic);
	}
}

static void
check_device(const struct description_checker *checker, const struct description_node *node,
             const struct description_link *link)
{
	struct description_suggestion suggestion;
	struct diagnostic            *diagnostic;

	if (link->device == NULL)
		return;
	suggestion = description_suggestion_for(link->device);
	for (size_t i = 0; i < node->device_count; i++) {
		if (strcmp(node->devices[i].name, link->device) == 0) {
			check_slot(checker, node, link);
			return;
		}
		description_suggestion_consider(&suggestion, node->devices[i].name);
	}
	diagnostic =
	    description_checker_error(checker, link->device_place, "node %s has no device \"%s\"",
	                              node->name.text, link->device);
	description_suggestion_hint(&suggestion, diagnostic);
}

/* A slot after the end of every window of every schedule leaves no time to call. */
static void
check_slot(const struct description_checker *checker, const struct description_node *node,
           const struct description_link *link)
{
	if (link->device_slot_ms == 0 || link->schedule_count == 0)
		return;
	for (size_t i = 0; i < link->schedule_count; i++) {
		const struct description_schedule *schedule =
		    find_schedule(node, link->schedules[i].name);

		if (schedule == NULL || opens_after_slot(schedule, link->device_slot_ms))
			return;
	}
	description_checker_warn(checker, link->device_place,
	                         "the slot lies behind every window: this link never opens");
}

static bool
opens_after_slot(const struct description_schedule *schedule, int64_t slot_ms)
{
	for (size_t i = 0; i < schedule->count; i++) {
		const struct description_window *window  = &schedule->windows[i];
		int64_t                          open_ms = window->open_ms;

		if (window->kind == WINDOW_WEEKLY) {
			unsigned end = window->end_minute;

			if (end <= window->start_minute)
				end += 24 * 60;
			open_ms = (int64_t)(end - window->start_minute) * 60 * 1000;
		}
		if (open_ms > slot_ms)
			return true;
	}
	return false;
}

/* A restriction admits what lies inside its region (D16), the far node not excepted. */
static void
check_restrictions(const struct description_checker *checker, const struct description_node *node,
                   const struct description_link *link)
{
	if (!name_within(link->neighbor.text, link->outbound_restrict.text))
		description_checker_warn(checker, link->place,
		                         "the restriction to %s keeps out what is for %s itself",
		                         link->outbound_restrict.text, link->neighbor.text);
	if (!name_within(node->name.text, link->inbound_restrict.text))
		description_checker_warn(checker, link->place,
		                         "the restriction to %s keeps out what is for %s itself",
		                         link->inbound_restrict.text, node->name.text);
}

/* Limits that nearly nothing passes, whatever was meant. */
static void
check_limits(const struct description_checker *checker, const struct description_link *link,
             const struct description_limit *limit)
{
	int64_t message = limit->message_bytes;

	if (limit->queue_bytes != DESCRIPTION_UNSET &&
	    (message == DESCRIPTION_UNSET || limit->queue_bytes < message)) {
		if (message != DESCRIPTION_UNSET)
			description_checker_warn(
			    checker, link->place,
			    "a message of more than the queue takes never finds room there");
		message = limit->queue_bytes;
	}
	if (message != DESCRIPTION_UNSET && message < SMALL_MAIL_BYTES)
		description_checker_warn(checker, link->place,
		                         "hardly any mail is so small: %lld bytes",
		                         (long long)message);
}

static void
check_transport(const struct description_checker   *checker,
                const struct description_transport *transport)
{
	for (size_t i = 0; i < transport->dial.count; i++) {
		const struct description_chat_step *step = &transport->dial.steps[i];

		for (size_t j = 0; j < step->text_count && transport->phones.count == 0; j++)
			for (size_t k = 0; k < step->texts[j].count; k++)
				if (step->texts[j].codes[k] == CHAT_PHONE) {
					description_checker_error(
					    checker, step->place,
					    "no phone number is stated for \\P");
					return;
				}
	}
	check_secrets(checker, &transport->login);
}

static void
check_secrets(const struct description_checker *checker, const struct description_chat *chat)
{
	for (size_t i = 1; i < chat->count; i++)
		if (chat->steps[i].kind == CHAT_SEND && asks_for_password(&chat->steps[i - 1]))
			description_report_hint(
			    description_checker_warn(checker, chat->steps[i].place,
			                             "whoever reads this file reads the password"),
			    "`send secret \"NAME\"` takes it from the keys");
}

static bool
asks_for_password(const struct description_chat_step *step)
{
	for (size_t i = 0; step->kind == CHAT_EXPECT && i < step->text_count; i++)
		if (text_contains(&step->texts[i], "ssw"))
			return true;
	return false;
}

static bool
text_contains(const struct description_chat_text *text, const char *part)
{
	size_t length = strlen(part);

	for (size_t start = 0; start + length <= text->count; start++) {
		size_t same = 0;

		while (same < length && text->codes[start + same] == (unsigned char)part[same])
			same++;
		if (same == length)
			return true;
	}
	return false;
}

/* Base64 of KEY_BYTES bytes. */
static bool
is_key(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";
	size_t            length    = (KEY_BYTES + 2) / 3 * 4;
	size_t            padding   = (3 - KEY_BYTES % 3) % 3;

	return strlen(text) == length && strspn(text, letters) == length - padding &&
	       strspn(text + length - padding, "=") == padding;
}

static const struct description_schedule *
find_schedule(const struct description_node *node, const char *name)
{
	for (size_t i = 0; i < node->schedule_count; i++)
		if (strcmp(node->schedules[i].name, name) == 0)
			return &node->schedules[i];
	return NULL;
}
