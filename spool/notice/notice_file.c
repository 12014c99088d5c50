/*
 * notice_file.c - the mail about a file that has come
 */
#include "spool/notice/notice_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spool/mail/mail_part.h"
#include "spool/notice/notice_delivery.h"
#include "spool/notice/notice_render.h"

enum { VALUES = 10, SEED_SIZE = 64 };

static void append_headings(const struct notice_file *notice, const struct notice_catalog *catalog,
                            const struct notice_value *values, struct buffer *out);
static void say(const struct notice_catalog *catalog, const char *key,
                const struct notice_value *values, struct buffer *out);

void
notice_file_format(const struct notice_file *notice, struct buffer *out)
{
	const struct notice_catalog *catalog = notice_catalog_find(notice->language);
	const struct envelope       *about   = notice->about;
	const char                  *token   = strrchr(about->id.text, '-') + 1;
	char size[24], until[WALLTIME_TEXT_SIZE], modified[WALLTIME_TEXT_SIZE] = "-",
						  seed[SEED_SIZE];
	struct buffer markdown, text, html;

	snprintf(size, sizeof(size), "%" PRIu64, notice->size_bytes);
	walltime_format(notice->until, until);
	if (about->modified.ms > 0)
		walltime_format(about->modified, modified);
	const struct notice_value values[VALUES] = {
		{ "from", about->sender[0] != '\0' ? about->sender : "-" },
		{ "name", about->title[0] != '\0' ? about->title : token },
		{ "size", size },
		{ "node", notice->home },
		{ "message", about->id.text },
		{ "token", token },
		{ "until", until },
		{ "modified", modified },
		{ "path", notice->path != NULL ? notice->path : "-" },
	};

	append_headings(notice, catalog, values, out);
	buffer_init(&markdown);
	buffer_init(&text);
	buffer_init(&html);
	if (notice->path != NULL) {
		say(catalog, "dropped", values, &markdown);
		say(catalog, "dropped facts", values, &markdown);
	} else {
		say(catalog, "file", values, &markdown);
		say(catalog, "file facts", values, &markdown);
		say(catalog, "file advice", values, &markdown);
	}
	notice_render_text(buffer_span(&markdown), &text);
	notice_render_html(buffer_span(&markdown), &html);
	snprintf(seed, sizeof(seed), "%s.file", token);
	buffer_append_text(out, "MIME-Version: 1.0\n");
	mail_append_alternative(buffer_span(&text), buffer_span(&html), seed, out);
	buffer_release(&html);
	buffer_release(&text);
	buffer_release(&markdown);
}

static void
append_headings(const struct notice_file *notice, const struct notice_catalog *catalog,
                const struct notice_value *values, struct buffer *out)
{
	struct buffer subject;

	buffer_init(&subject);
	notice_fill(notice_catalog_get(catalog, "subject file"), values, false, &subject);
	buffer_append_text(out, "Date: ");
	notice_append_date(notice->now, out);
	buffer_append_format(out, "\nFrom: \"mulga at %s\" <MAILER-DAEMON@%s>\nTo: ", notice->home,
	                     notice->home);
	notice_append_printable(out, notice->user);
	buffer_append_format(out, "@%s\nSubject: ", notice->home);
	mail_append_words(buffer_text(&subject), out);
	buffer_append_format(out, "\nMessage-ID: <%s.file@%s>\n", notice->about->id.text,
	                     notice->home);
	buffer_append_format(out, "Auto-Submitted: auto-generated\nContent-Language: %s\n",
	                     catalog->language);
	buffer_release(&subject);
}

static void
say(const struct notice_catalog *catalog, const char *key, const struct notice_value *values,
    struct buffer *out)
{
	notice_fill(notice_catalog_get(catalog, key), values, true, out);
	buffer_append_text(out, "\n\n");
}
