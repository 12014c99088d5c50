/*
 * mail_submission.c - the defaults of a heading, and the wishes in it
 */
#include "spool/mail/mail_submission.h"

#include <stdlib.h>
#include <string.h>

static void look(struct span heading, struct notify *notify);
static bool begins(const char *text, const char *lower);

enum status
mail_submission_prepare(struct span heading, const struct mail_face *face,
                        struct mail_addresses *recipients, struct notify *notify,
                        struct buffer *out, struct diagnostic *diagnostic)
{
	const char                  *unique = strrchr(face->message->text, '-') + 1;
	struct mail_heading_defaults defaults;
	struct buffer                date, id, received;
	size_t                       hops = mail_heading_count(heading, "received");
	enum status                  status;

	if (hops >= MAIL_HOPS_MAX) {
		diagnostic_set(
		    diagnostic,
		    "the mail goes in a circle: %zu mailers have had it, %d are the most", hops,
		    MAIL_HOPS_MAX - 1);
		return STATUS_TOO_BIG;
	}
	buffer_init(&date);
	buffer_init(&id);
	buffer_init(&received);
	mail_append_date(&face->now, &date);
	buffer_append_format(&id, "<%s@%s>", unique, face->node);
	buffer_append_format(&received, "by %s (mulga " MULGA_VERSION "%s\n\tid %s; %s", face->node,
	                     face->source, unique, buffer_text(&date));
	defaults = (struct mail_heading_defaults){ face->node, face->from, buffer_text(&date),
		                                   buffer_text(&id), buffer_text(&received) };
	status   = mail_heading_rewrite(heading, &defaults, recipients, out, diagnostic);
	look(heading, notify);
	buffer_release(&date);
	buffer_release(&id);
	buffer_release(&received);
	return status;
}

/* Content-Language says in what the mail is written, Accept-Language what its sender reads. To an
 * automatic answer nobody answers (RFC 3834 section 2). */
static void
look(struct span heading, struct notify *notify)
{
	static const char *const names[] = { "content-language", "accept-language" };
	struct buffer            value;
	char                     language[NOTIFY_LANGUAGE_MAX + 1];

	buffer_init(&value);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buffer_clear(&value);
		if (!mail_heading_value(heading, names[i], &value))
			continue;
		notify_language(language, buffer_text(&value));
		if (language[0] != '\0')
			memcpy(notify->language, language, sizeof(language));
	}
	buffer_clear(&value);
	if (mail_heading_value(heading, "auto-submitted", &value) &&
	    begins(buffer_text(&value), "auto-replied")) {
		notify->bits = NOTIFY_NEVER;
		buffer_clear(&notify->recipients);
	}
	buffer_release(&value);
}

static bool
begins(const char *text, const char *lower)
{
	for (; *lower != '\0'; text++, lower++)
		if (*text != *lower &&
		    (*text < 'A' || *text > 'Z' || *text + ('a' - 'A') != *lower))
			return false;
	return true;
}

void
mail_append_date(const struct tm *local, struct buffer *out)
{
	static const char days[7][4]    = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	long              minutes       = labs(local->tm_gmtoff) / 60;

	buffer_append_format(out, "%s, %02d %s %d %02d:%02d:%02d %c%02ld%02ld",
	                     days[local->tm_wday % 7], local->tm_mday, months[local->tm_mon % 12],
	                     local->tm_year + 1900, local->tm_hour, local->tm_min, local->tm_sec,
	                     local->tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
