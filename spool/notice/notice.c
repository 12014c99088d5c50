/*
 * notice.c - the report to the sender, as a mail
 *
 * The heading of the original goes along, not its text, unless the sender asked for it: who
 * wrote it has that, and a line paid by the minute should not carry it twice.
 */
#include "spool/notice/notice.h"

#include <stdio.h>
#include <string.h>

#include "spool/mail/mail_part.h"
#include "spool/notice/notice_catalog.h"
#include "spool/notice/notice_delivery.h"
#include "spool/notice/notice_render.h"

enum { RETURNED_MAX = 4096, SEED_SIZE = 64, VALUES_MAX = 16 };

/* A notice as it is written. */
struct writing {
	const struct notice         *notice;
	const struct notice_catalog *catalog;
	struct notice_value          values[VALUES_MAX];
	struct buffer                reason, way; /* what values borrow */
	char                         size[24], sent[WALLTIME_TEXT_SIZE], until[WALLTIME_TEXT_SIZE];
	char                         what[32];
};

static void   begin(struct writing *writing, const struct notice *notice);
static void   append_headings(struct writing *writing, struct buffer *out);
static void   append_parts(struct writing *writing, struct buffer *out);
static void   append_people(struct writing *writing, const char *seed, struct buffer *out);
static void   say(struct writing *writing, const char *key, struct buffer *out);
static void   append_advice(struct writing *writing, struct buffer *out);
static bool   went_in_circle(const struct notice *notice);
static void   append_original(const struct notice *notice, struct buffer *out);
static size_t heading_length(struct span original);

void
notice_format(const struct notice *notice, struct buffer *out)
{
	struct writing writing;

	begin(&writing, notice);
	append_headings(&writing, out);
	append_parts(&writing, out);
	buffer_release(&writing.reason);
	buffer_release(&writing.way);
}

/* All that the texts of a catalog may name. */
static void
begin(struct writing *writing, const struct notice *notice)
{
	const struct envelope *about = notice->about;
	bool                   mail  = strcmp(about->service, "mail") == 0;
	struct span            what;

	*writing = (struct writing){ .notice  = notice,
		                     .catalog = notice_catalog_find(about->notify.language) };
	buffer_init(&writing->reason);
	buffer_init(&writing->way);
	notice_catalog_say(writing->catalog, notice->reason, &writing->reason);
	for (size_t i = 0; i < notice->transit->hop_count; i++)
		buffer_append_format(&writing->way, "%s, ", notice->transit->hops[i].node.text);
	buffer_append_text(&writing->way, notice->home);
	what = notice_catalog_get(writing->catalog, mail ? "what mail" : "what message");
	snprintf(writing->what, sizeof(writing->what), "%.*s", (int)what.length,
	         (const char *)what.data);
	snprintf(writing->size, sizeof(writing->size), "%llu",
	         (unsigned long long)about->size_bytes);
	walltime_format(about->created, writing->sent);
	walltime_format(notice->until, writing->until);
	const struct notice_value values[VALUES_MAX] = {
		{ "what", writing->what },
		{ "destination", notice->destination },
		{ "reason", buffer_text(&writing->reason) },
		{ "node", notice->home },
		{ "message", about->id.text },
		{ "name", about->title },
		{ "service", about->service },
		{ "size", writing->size },
		{ "sent", writing->sent },
		{ "way", buffer_text(&writing->way) },
		{ "until", writing->until },
	};
	memcpy(writing->values, values, sizeof(values));
}

static void
append_headings(struct writing *writing, struct buffer *out)
{
	const struct notice *notice = writing->notice;
	struct buffer        subject;
	char                 key[32];

	buffer_init(&subject);
	snprintf(key, sizeof(key), "subject %s", notice->outcome);
	notice_fill(notice_catalog_get(writing->catalog, key), writing->values, false, &subject);
	buffer_append_text(out, "Date: ");
	notice_append_date(notice->now, out);
	buffer_append_format(out, "\nFrom: \"mulga at %s\" <MAILER-DAEMON@%s>\nTo: ", notice->home,
	                     notice->home);
	notice_append_printable(out, notice->about->sender);
	buffer_append_text(out, "\nSubject: ");
	mail_append_words(buffer_text(&subject), out);
	buffer_append_format(out, "\nMessage-ID: <%s.%s@%s>\n", notice->about->id.text,
	                     notice->outcome, notice->home);
	buffer_append_format(out, "Auto-Submitted: auto-replied\nContent-Language: %s\n",
	                     writing->catalog->language);
	buffer_release(&subject);
}

static void
append_parts(struct writing *writing, struct buffer *out)
{
	enum { PEOPLE, PROGRAMS, ORIGINAL, PARTS };
	const struct notice *notice = writing->notice;
	struct buffer        parts[PARTS];
	struct span          contents[PARTS];
	char                 seed[SEED_SIZE], boundary[MAIL_BOUNDARY_SIZE];

	snprintf(seed, sizeof(seed), "%s.%s", strrchr(notice->about->id.text, '-') + 1,
	         notice->outcome);
	for (size_t i = 0; i < PARTS; i++)
		buffer_init(&parts[i]);
	append_people(writing, seed, &parts[PEOPLE]);
	buffer_append_text(&parts[PROGRAMS], "Content-Type: message/delivery-status\n\n");
	notice_delivery_append(notice, &parts[PROGRAMS]);
	append_original(notice, &parts[ORIGINAL]);
	for (size_t i = 0; i < PARTS; i++)
		contents[i] = buffer_span(&parts[i]);
	snprintf(seed, sizeof(seed), "%s.report", strrchr(notice->about->id.text, '-') + 1);
	mail_boundary(boundary, seed, contents, PARTS);
	buffer_append_format(out,
	                     "MIME-Version: 1.0\nContent-Type: multipart/report; "
	                     "report-type=delivery-status;\n\tboundary=\"%s\"\n\n",
	                     boundary);
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i].length > 0) {
			buffer_append_format(out, "--%s\n", boundary);
			buffer_append_span(out, contents[i]);
			buffer_append_text(out, "\n");
		}
		buffer_release(&parts[i]);
	}
	buffer_append_format(out, "--%s--\n", boundary);
}

/* CommonMark, rendered twice. */
static void
append_people(struct writing *writing, const char *seed, struct buffer *out)
{
	const struct notice *notice = writing->notice;
	struct buffer        markdown, text, html;

	buffer_init(&markdown);
	buffer_init(&text);
	buffer_init(&html);
	say(writing, notice->outcome, &markdown);
	if (notice->reason[0] != '\0')
		say(writing, "reason", &markdown);
	say(writing, "facts", &markdown);
	markdown.length--; /* what follows are items of the same list */
	if (notice->about->title[0] != '\0') {
		say(writing, "name", &markdown);
		markdown.length--;
	}
	if (notice->transit->hop_count > 0) {
		say(writing, "way", &markdown);
		markdown.length--;
	}
	if (notice->until.ms != 0) {
		say(writing, "until", &markdown);
		markdown.length--;
	}
	buffer_append_text(&markdown, "\n");
	append_advice(writing, &markdown);
	notice_render_text(buffer_span(&markdown), &text);
	notice_render_html(buffer_span(&markdown), &html);
	mail_append_alternative(buffer_span(&text), buffer_span(&html), seed, out);
	buffer_release(&html);
	buffer_release(&text);
	buffer_release(&markdown);
}

static void
say(struct writing *writing, const char *key, struct buffer *out)
{
	notice_fill(notice_catalog_get(writing->catalog, key), writing->values, true, out);
	buffer_append_text(out, "\n\n");
}

/* What to type, and where. */
static void
append_advice(struct writing *writing, struct buffer *out)
{
	const struct notice *notice = writing->notice;

	if (strcmp(notice->outcome, "delivered") == 0 ||
	    strcmp(notice->outcome, NOTICE_RELAYED) == 0)
		return;
	if (strcmp(notice->outcome, NOTICE_DELAYED) == 0) {
		say(writing, "advice delayed", out);
		return;
	}
	say(writing, went_in_circle(notice) ? "advice circle" : "advice", out);
	if (strcmp(notice->outcome, NOTICE_HELD) == 0)
		say(writing, "advice held", out);
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
append_original(const struct notice *notice, struct buffer *out)
{
	struct span original = notice->original;
	size_t      length   = heading_length(original);

	if (length == 0)
		return;
	buffer_append_format(out, "Content-Type: %s\nContent-Transfer-Encoding: 8bit\n\n",
	                     notice->whole ? "message/rfc822" : "text/rfc822-headers");
	if (notice->whole) {
		buffer_append_span(out, original);
		return;
	}
	for (size_t i = 0; i < length && i < RETURNED_MAX; i++) {
		uint8_t byte = original.data[i];

		if (byte != '\r' || i + 1 == length || original.data[i + 1] != '\n')
			buffer_append_u8(out, byte == '\n' || byte == '\t' ||
			                              (byte >= ' ' && byte != 0x7f)
			                          ? byte
			                          : '?');
	}
	if (length > RETURNED_MAX)
		buffer_append_text(out, "\n");
}

/* Up to the empty line, or to where the text that we have ends in a line. */
static size_t
heading_length(struct span original)
{
	size_t length = 0;

	while (length < original.length) {
		const uint8_t *line    = original.data + length;
		const uint8_t *newline = memchr(line, '\n', original.length - length);

		if (newline == NULL || newline == line || (newline == line + 1 && *line == '\r'))
			break;
		length = (size_t)(newline + 1 - original.data);
	}
	return length;
}
