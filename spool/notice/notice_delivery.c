/*
 * notice_delivery.c - fields for programs
 *
 * The enhanced status (RFC 3463) is the one that a mail server said, where one spoke. A node of
 * ours says sentences, and these are known by their words.
 */
#include "spool/notice/notice_delivery.h"

#include <stdio.h>
#include <string.h>

#include "spool/notice/notice_catalog.h"

enum { STATUS_SIZE = 12 };

static const char *action_of(const char *outcome);
static void        find_status(const struct notice *notice, char status[STATUS_SIZE]);
static bool        server_said(const char *reason, char status[STATUS_SIZE]);
static size_t      digits(const char *text);
static void        append_address(struct buffer *out, const char *field, const char *address);

void
notice_delivery_append(const struct notice *notice, struct buffer *out)
{
	const struct notify *notify = &notice->about->notify;
	const char          *said   = strstr(notice->reason, " said: ");
	char                 status[STATUS_SIZE];
	const char   *written = aliases_written(&notice->transit->aliases, notice->destination, "");
	struct buffer origin;

	if (notify->envid[0] != '\0') {
		buffer_append_text(out, "Original-Envelope-Id: ");
		notify_append_xtext(notify->envid, out);
		buffer_append_text(out, "\n");
	}
	buffer_append_format(out, "Reporting-MTA: dns; %s\nArrival-Date: ", notice->home);
	notice_append_date(notice->about->created, out);
	buffer_append_text(out, "\n\n");
	buffer_init(&origin);
	notify_find(notify, written, &origin);
	if (origin.length > 0) {
		buffer_append_text(out, "Original-Recipient: ");
		notify_append_xtext(buffer_text(&origin), out);
		buffer_append_text(out, "\n");
	} else if (strcmp(written, notice->destination) != 0) {
		append_address(out, "Original-Recipient", written);
	}
	buffer_release(&origin);
	find_status(notice, status);
	append_address(out, "Final-Recipient", notice->destination);
	buffer_append_format(out, "Action: %s\nStatus: %s\n", action_of(notice->outcome), status);
	if (notice->reason[0] != '\0') {
		buffer_append_text(out, said != NULL ? "Diagnostic-Code: smtp; "
		                                     : "Diagnostic-Code: x-mulga; ");
		notice_append_printable(out, said != NULL ? said + 7 : notice->reason);
		buffer_append_text(out, "\n");
	}
	buffer_append_text(out, "Last-Attempt-Date: ");
	notice_append_date(notice->now, out);
	buffer_append_text(out, "\n");
	if (notice->until.ms != 0) {
		buffer_append_text(out, "Will-Retry-Until: ");
		notice_append_date(notice->until, out);
		buffer_append_text(out, "\n");
	}
	buffer_append_format(out, "X-Mulga-Message: %s\n", notice->about->id.text);
	for (size_t i = 0; i < notice->transit->hop_count; i++)
		buffer_append_format(out, "X-Mulga-Hop: %s\n", notice->transit->hops[i].node.text);
}

void
notice_append_date(struct walltime wall, struct buffer *out)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char              text[WALLTIME_TEXT_SIZE];
	int               month;

	walltime_format(wall, text); /* 2026-11-20T10:40:00Z */
	month = (text[5] - '0') * 10 + text[6] - '0';
	buffer_append_format(out, "%.2s %s %.4s %.8s +0000", text + 8, months[month - 1], text,
	                     text + 11);
}

static const char *
action_of(const char *outcome)
{
	if (strcmp(outcome, "delivered") == 0 || strcmp(outcome, NOTICE_RELAYED) == 0)
		return outcome;
	if (strcmp(outcome, NOTICE_HELD) == 0 || strcmp(outcome, NOTICE_DELAYED) == 0)
		return "delayed";
	return "failed";
}

static void
find_status(const struct notice *notice, char status[STATUS_SIZE])
{
	static const struct {
		const char *words, *detail;
	} sentences[] = {
		{ "no such user", "1.1" },
		{ "there is no node", "1.2" },
		{ "knows no way to", "4.4" },
		{ "no way leads", "4.4" },
		{ "takes at most", "3.4" },
		{ "takes from", "3.4" },
		{ "carries", "7.1" },
		{ "is full", "2.2" },
		{ "leave no room", "2.2" },
		{ "no service", "3.3" },
		{ "in a circle", "4.6" },
		{ "do not agree", "4.6" },
		{ "connection refused", "4.1" },
		{ "has no gateway", "4.4" },
		{ "by the operator", "7.0" },
	};
	const char *outcome = notice->outcome;
	bool        waits   = strcmp(action_of(outcome), "delayed") == 0;
	bool        late    = strcmp(outcome, "expired") == 0;
	const char *detail  = late ? "4.7" : waits ? "4.1" : "0.0";

	if (strcmp(action_of(outcome), "failed") != 0 && !waits) {
		snprintf(status, STATUS_SIZE, "2.0.0");
		return;
	}
	if (server_said(notice->reason, status))
		return;
	for (size_t i = sizeof(sentences) / sizeof(sentences[0]); i-- > 0;)
		if (strstr(notice->reason, sentences[i].words) != NULL)
			detail = sentences[i].detail;
	snprintf(status, STATUS_SIZE, "%c.%s", waits || late ? '4' : '5', detail);
}

/* "550 5.1.1 no such mailbox": the second word. */
static bool
server_said(const char *reason, char status[STATUS_SIZE])
{
	const char *said = strstr(reason, " said: ");
	size_t      subject, detail;

	if (said == NULL)
		return false;
	said += 7;
	said += strcspn(said, " -");
	said += *said != '\0';
	if ((*said != '4' && *said != '5') || said[1] != '.')
		return false;
	subject = digits(said + 2);
	if (subject == 0 || said[2 + subject] != '.')
		return false;
	detail = digits(said + 3 + subject);
	if (detail == 0)
		return false;
	snprintf(status, STATUS_SIZE, "%.*s", (int)(3 + subject + detail), said);
	return true;
}

/* At most three. */
static size_t
digits(const char *text)
{
	size_t count = strspn(text, "0123456789");

	return count <= 3 ? count : 0;
}

/* RFC 6533 section 3 for what is beyond ASCII; a destination without a user is ours alone. */
static void
append_address(struct buffer *out, const char *field, const char *address)
{
	bool ascii = true;

	for (const char *byte = address; *byte != '\0'; byte++)
		ascii = ascii && (unsigned char)*byte < 0x80;
	buffer_append_format(out, "%s: %s; ", field,
	                     strchr(address, '@') == NULL ? "x-mulga"
	                     : ascii                      ? "rfc822"
	                                                  : "utf-8");
	notice_append_printable(out, address);
	buffer_append_text(out, "\n");
}
