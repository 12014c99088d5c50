/*
 * notice.c - the report to the sender, as a mail
 *
 * The headings of the original go along, not its text: the sender has that, and a line
 * paid by the minute should not carry it twice.
 */
#include "spool/notice/notice.h"

#include <stdio.h>
#include <string.h>

static const char *subject_of(const char *outcome);
static void        append_mail_date(struct walltime wall, struct buffer *out);
static void        append_first_sentence(const struct notice *notice, struct buffer *out);
static void        append_way(const struct notice *notice, struct buffer *out);
static void        append_advice(const struct notice *notice, struct buffer *out);
static bool        went_in_circle(const struct notice *notice);
static void        append_original(struct span original, struct buffer *out);
static void        append_printable(struct buffer *out, const char *text);

void
notice_format(const struct notice *notice, struct buffer *out)
{
	buffer_append_text(out, "Date: ");
	append_mail_date(notice->now, out);
	buffer_append_format(out, "\nFrom: \"mulga at %s\" <MAILER-DAEMON@%s>\nTo: ", notice->home,
	                     notice->home);
	append_printable(out, notice->about->sender);
	buffer_append_format(out, "\nSubject: %s: ", subject_of(notice->outcome));
	append_printable(out, notice->destination);
	buffer_append_format(out, "\nMessage-ID: <%s.%s@%s>\n", notice->about->id.text,
	                     notice->outcome, notice->home);
	buffer_append_text(out, "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	                        "Content-Type: text/plain; charset=utf-8\n"
	                        "Content-Transfer-Encoding: 8bit\n\n");
	append_first_sentence(notice, out);
	append_way(notice, out);
	if (strcmp(notice->outcome, "delivered") != 0)
		append_advice(notice, out);
	append_original(notice->original, out);
}

static const char *
subject_of(const char *outcome)
{
	if (strcmp(outcome, "delivered") == 0)
		return "Delivered";
	if (strcmp(outcome, "expired") == 0)
		return "Not delivered in time";
	if (strcmp(outcome, "cancelled") == 0)
		return "Cancelled";
	if (strcmp(outcome, NOTICE_HELD) == 0)
		return "Held";
	return "Not delivered";
}

/* RFC 5322 section 3.3, without the day of the week, which is optional. */
static void
append_mail_date(struct walltime wall, struct buffer *out)
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

static void
append_first_sentence(const struct notice *notice, struct buffer *out)
{
	const char *what = strcmp(notice->about->service, "mail") == 0 ? "mail" : "message";
	char        date[WALLTIME_TEXT_SIZE];

	if (strcmp(notice->outcome, "delivered") == 0)
		buffer_append_format(out, "Your %s to %s was delivered.\n", what,
		                     notice->destination);
	else if (strcmp(notice->outcome, "expired") == 0)
		buffer_append_format(
		    out, "Your %s to %s could not be delivered before its time was over.\n", what,
		    notice->destination);
	else if (strcmp(notice->outcome, "cancelled") == 0)
		buffer_append_format(out, "Your %s to %s was cancelled.\n", what,
		                     notice->destination);
	else if (strcmp(notice->outcome, NOTICE_HELD) == 0)
		buffer_append_format(
		    out, "Your %s to %s has not arrived yet: %s holds it, and tries again.\n", what,
		    notice->destination, notice->home);
	else
		buffer_append_format(out, "Your %s to %s could not be delivered.\n", what,
		                     notice->destination);
	if (notice->reason[0] != '\0') {
		buffer_append_text(out, "\nReason: ");
		append_printable(out, notice->reason);
		buffer_append_text(out, ".\n");
	}
	buffer_append_format(out, "\nNode:    %s\nMessage: %s\n", notice->home,
	                     notice->about->id.text);
	if (notice->about->title[0] != '\0') {
		buffer_append_text(out, "Name:    ");
		append_printable(out, notice->about->title);
		buffer_append_text(out, "\n");
	}
	buffer_append_format(out, "Service: %s, %llu bytes\nSent:    %s\n", notice->about->service,
	                     (unsigned long long)notice->about->size_bytes,
	                     walltime_format(notice->about->created, date));
}

static void
append_way(const struct notice *notice, struct buffer *out)
{
	if (notice->transit->hop_count == 0)
		return;
	buffer_append_text(out, "Way:     ");
	for (size_t i = 0; i < notice->transit->hop_count; i++)
		buffer_append_format(out, "%s, ", notice->transit->hops[i].node.text);
	buffer_append_format(out, "%s\n", notice->home);
}

/* What to type, and where. */
static void
append_advice(const struct notice *notice, struct buffer *out)
{
	if (went_in_circle(notice))
		buffer_append_text(out, "\nThe nodes of its way do not agree. To see where one of "
		                        "them sends such a message,\nand why, type there\n");
	else
		buffer_append_text(out, "\nTo see where such a message would go, type\n");
	buffer_append_format(out, "\n    mulga explain %s\n", notice->destination);
	if (strcmp(notice->outcome, NOTICE_HELD) == 0)
		buffer_append_format(out,
		                     "\nIt goes on when the network changes. When the nodes agree "
		                     "again, its operator\nsends it on at once by typing at %s\n\n"
		                     "    mulga queue reroute %s\n",
		                     notice->home, notice->about->id.text);
}

/* Was it at some node twice? */
static bool
went_in_circle(const struct notice *notice)
{
	const struct transit *transit = notice->transit;

	for (size_t i = 0; i < transit->hop_count; i++)
		if (strcmp(transit->hops[i].node.text, notice->home) == 0 ||
		    transit_visits(transit, &transit->hops[i].node) > 1)
			return true;
	return false;
}

static void
append_original(struct span original, struct buffer *out)
{
	const char *start = (const char *)original.data, *end = start;

	while (end < start + original.length) {
		const char *newline = memchr(end, '\n', (size_t)(start + original.length - end));

		if (newline == NULL || newline == end || (newline == end + 1 && *end == '\r'))
			break;
		end = newline + 1;
	}
	if (end == start)
		return;
	buffer_append_text(out, "\nThe headings of your mail:\n\n");
	for (const char *line = start; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		buffer_append_text(out, "> ");
		for (; line < newline; line++)
			buffer_append_u8(out, *line == '\t' || (unsigned char)*line >= ' '
			                          ? (uint8_t)*line
			                          : '?');
		buffer_append_text(out, "\n");
		line = newline + 1;
	}
}

static void
append_printable(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++)
		buffer_append_u8(out, (unsigned char)*text >= ' ' && *text != 0x7f ? (uint8_t)*text
		                                                                   : '?');
}
