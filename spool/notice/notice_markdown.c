/*
 * notice_markdown.c - the fields that say what the text is make way for new ones
 */
#include "spool/notice/notice_markdown.h"

#include <string.h>

#include "spool/mail/mail_heading.h"
#include "spool/mail/mail_part.h"
#include "spool/notice/notice_render.h"

static bool is_plain_text(struct span heading, struct diagnostic *diagnostic);
static bool begins(const char *text, const char *lower);
static void copy_fields(struct span heading, struct buffer *out);

enum status
notice_markdown_mail(struct span mail, struct buffer *out, struct diagnostic *diagnostic)
{
	struct buffer text, html;
	struct span   heading = { mail.data, 0 };
	size_t        body    = 0;

	mail_heading_end(mail, true, &heading.length, &body);
	if (!is_plain_text(heading, diagnostic))
		return STATUS_INVALID;
	buffer_init(&text);
	buffer_init(&html);
	for (size_t i = body; i < mail.length; i++)
		if (mail.data[i] != '\r' || i + 1 == mail.length || mail.data[i + 1] != '\n')
			buffer_append_u8(&text, mail.data[i]);
	if (text.length > 0)
		notice_render_html(buffer_span(&text), &html);
	copy_fields(heading, out);
	buffer_append_text(out, "MIME-Version: 1.0\n");
	mail_append_alternative(buffer_span(&text), buffer_span(&html), "markdown", out);
	buffer_release(&html);
	buffer_release(&text);
	return STATUS_OK;
}

static bool
is_plain_text(struct span heading, struct diagnostic *diagnostic)
{
	struct buffer type, encoding;
	bool          plain;

	buffer_init(&type);
	buffer_init(&encoding);
	plain = !mail_heading_value(heading, "content-type", &type) ||
	        begins(buffer_text(&type), "text/plain") ||
	        begins(buffer_text(&type), "text/markdown");
	if (!plain)
		diagnostic_set(diagnostic, "what is not plain text cannot be read as Markdown");
	if (plain && mail_heading_value(heading, "content-transfer-encoding", &encoding) &&
	    !begins(buffer_text(&encoding), "7bit") && !begins(buffer_text(&encoding), "8bit")) {
		diagnostic_set(diagnostic, "what is encoded cannot be read as Markdown");
		plain = false;
	}
	buffer_release(&encoding);
	buffer_release(&type);
	return plain;
}

static bool
begins(const char *text, const char *lower)
{
	return mail_heading_is((struct span){ (const uint8_t *)text, strnlen(text, strlen(lower)) },
	                       lower);
}

static void
copy_fields(struct span heading, struct buffer *out)
{
	struct span field, name;

	while (mail_heading_next(&heading, &field, &name)) {
		if (mail_heading_is(name, "mime-version") ||
		    mail_heading_is(name, "content-type") ||
		    mail_heading_is(name, "content-transfer-encoding"))
			continue;
		buffer_append_span(out, field);
		if (field.data[field.length - 1] != '\n')
			buffer_append_text(out, "\n");
	}
}
