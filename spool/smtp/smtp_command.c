/*
 * smtp_command.c - verbs, paths and parameters
 *
 * A path is taken as it is written: whether it is an address that mulga can reach is said by who
 * reads addresses (spool/name). Only what would change its meaning on the way is refused here:
 * control characters, an open quote, bytes above 127 without SMTPUTF8.
 */
#include "spool/smtp/smtp_command.h"

#include <stdio.h>
#include <string.h>

static const struct {
	char           text[5];
	enum smtp_verb verb;
} verbs[] = {
	{ "HELO", SMTP_VERB_HELO }, { "EHLO", SMTP_VERB_EHLO }, { "LHLO", SMTP_VERB_LHLO },
	{ "MAIL", SMTP_VERB_MAIL }, { "RCPT", SMTP_VERB_RCPT }, { "DATA", SMTP_VERB_DATA },
	{ "RSET", SMTP_VERB_RSET }, { "NOOP", SMTP_VERB_NOOP }, { "VRFY", SMTP_VERB_VRFY },
	{ "EXPN", SMTP_VERB_EXPN }, { "HELP", SMTP_VERB_HELP }, { "QUIT", SMTP_VERB_QUIT },
};

static int         parse_path(struct smtp_command *command, const char **rest, const char *lead,
                              char *reason);
static const char *skip_route(const char *text);
static const char *path_end(const char *text);
static int         parse_parameters(struct smtp_command *command, const char *rest, char *reason);
static bool        apply_mail(struct smtp_command *command, const char *name, const char *value);
static bool apply_recipient(struct smtp_command *command, const char *name, const char *value);
static bool read_size(uint64_t *size, const char *value);
static bool read_notify(unsigned *notify, char *value);
static bool read_xtext(char *text, size_t room, const char *value);
static bool begins(const char *text, const char *upper);
static bool is(const char *text, const char *upper);
static bool is_text(const char *text, bool utf8);

int
smtp_command_parse(struct smtp_command *command, struct span line, char reason[SMTP_REASON_SIZE])
{
	char        text[SMTP_LINE_MAX + 1];
	const char *rest = text + 4;
	int         code = 0;

	*command = (struct smtp_command){ .verb = SMTP_VERB_UNKNOWN };
	if (line.length > SMTP_LINE_MAX || memchr(line.data, '\0', line.length) != NULL) {
		snprintf(reason, SMTP_REASON_SIZE, "5.5.6 a command of such a form is not known");
		return 500;
	}
	memcpy(text, line.data, line.length);
	text[line.length] = '\0';
	for (size_t i = 0; line.length >= 4 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (begins(text, verbs[i].text) && (*rest == '\0' || *rest == ' '))
			command->verb = verbs[i].verb;
	if (command->verb == SMTP_VERB_MAIL)
		code = parse_path(command, &rest, "FROM:", reason);
	else if (command->verb == SMTP_VERB_RCPT)
		code = parse_path(command, &rest, "TO:", reason);
	else
		return 0;
	if (code == 0)
		code = parse_parameters(command, rest, reason);
	if (code == 0 &&
	    !is_text(command->path, command->utf8 || command->verb == SMTP_VERB_RCPT)) {
		snprintf(reason, SMTP_REASON_SIZE, "5.6.7 an address beyond ASCII needs SMTPUTF8");
		code = 553;
	}
	return code;
}

/* Blanks after the colon are no form of any RFC, and common. */
static int
parse_path(struct smtp_command *command, const char **rest, const char *lead, char *reason)
{
	const char *text = *rest + strspn(*rest, " ");
	const char *end;
	size_t      length;

	if (!begins(text, lead)) {
		snprintf(reason, SMTP_REASON_SIZE, "5.5.4 %s<address> is missing", lead);
		return 501;
	}
	text += strlen(lead);
	text += strspn(text, " ");
	end = *text == '<' ? path_end(text + 1) : NULL;
	if (end == NULL) {
		snprintf(reason, SMTP_REASON_SIZE, "5.1.7 an address stands between < and >");
		return 501;
	}
	text   = skip_route(text + 1);
	length = (size_t)(end - text);
	if (length > SMTP_PATH_MAX) {
		snprintf(reason, SMTP_REASON_SIZE, "5.1.3 the address is too long");
		return 501;
	}
	memcpy(command->path, text, length);
	command->path[length] = '\0';
	*rest                 = end + 1;
	return 0;
}

/* `@a,@b:user@c` is user@c: RFC 5321 appendix C. */
static const char *
skip_route(const char *text)
{
	size_t length = strcspn(text, ":>\"");

	return text[0] == '@' && text[length] == ':' ? text + length + 1 : text;
}

/* The `>` that is not inside quotes; NULL: none. */
static const char *
path_end(const char *text)
{
	bool quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && quoted && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (*text == '>' && !quoted)
			return text;
	}
	return NULL;
}

static int
parse_parameters(struct smtp_command *command, const char *rest, char *reason)
{
	char  words[SMTP_LINE_MAX + 1];
	char *place = words, *word;

	if (*rest != '\0' && *rest != ' ') {
		snprintf(reason, SMTP_REASON_SIZE, "5.5.4 behind the address there is a blank");
		return 501;
	}
	snprintf(words, sizeof(words), "%s", rest);
	while ((word = strsep(&place, " ")) != NULL) {
		char *value = strchr(word, '=');
		bool  known;

		if (word[0] == '\0')
			continue;
		if (value != NULL)
			*value++ = '\0';
		known = command->verb == SMTP_VERB_MAIL
		            ? apply_mail(command, word, value == NULL ? "" : value)
		            : apply_recipient(command, word, value == NULL ? "" : value);
		if (known)
			continue;
		for (char *byte = word; *byte != '\0'; byte++)
			if (*byte < ' ' || *byte > '~')
				*byte = '?';
		snprintf(reason, SMTP_REASON_SIZE,
		         "5.5.4 the parameter %.40s is not known, or not of that value", word);
		return 555;
	}
	return 0;
}

static bool
apply_mail(struct smtp_command *command, const char *name, const char *value)
{
	if (is(name, "SIZE"))
		return read_size(&command->size, value);
	if (is(name, "BODY")) {
		command->eight_bit = is(value, "8BITMIME");
		return command->eight_bit || is(value, "7BIT");
	}
	if (is(name, "SMTPUTF8")) {
		command->utf8 = true;
		return value[0] == '\0';
	}
	if (is(name, "RET")) {
		command->ret = is(value, "HDRS")   ? SMTP_RETURN_HEADINGS
		               : is(value, "FULL") ? SMTP_RETURN_FULL
		                                   : SMTP_RETURN_UNSAID;
		return command->ret != SMTP_RETURN_UNSAID;
	}
	if (is(name, "ENVID"))
		return read_xtext(command->envid, sizeof(command->envid), value);
	return is(name, "AUTH"); /* RFC 4954 section 5: may be said, means nothing */
}

static bool
apply_recipient(struct smtp_command *command, const char *name, const char *value)
{
	char words[64];

	if (is(name, "NOTIFY")) {
		snprintf(words, sizeof(words), "%s", value);
		return strlen(value) < sizeof(words) && read_notify(&command->notify, words);
	}
	if (is(name, "ORCPT"))
		return strchr(value, ';') != NULL &&
		       read_xtext(command->origin, sizeof(command->origin), value);
	return false;
}

static bool
read_size(uint64_t *size, const char *value)
{
	*size = 0;
	if (*value == '\0' ||
	    strlen(value) > 18) /* RFC 1870: 20 digits, of which the world needs 18 */
		return false;
	for (; *value >= '0' && *value <= '9'; value++)
		*size = *size * 10 + (uint64_t)(*value - '0');
	return *value == '\0';
}

static bool
read_notify(unsigned *notify, char *value)
{
	static const struct {
		const char *text;
		unsigned    bit;
	} words[] = { { "SUCCESS", SMTP_NOTIFY_SUCCESS },
		      { "FAILURE", SMTP_NOTIFY_FAILURE },
		      { "DELAY", SMTP_NOTIFY_DELAY },
		      { "NEVER", SMTP_NOTIFY_NEVER } };
	char *word;

	*notify = 0;
	while ((word = strsep(&value, ",")) != NULL) {
		unsigned bit = 0;

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (is(word, words[i].text))
				bit = words[i].bit;
		if (bit == 0)
			return false;
		*notify |= bit;
	}
	return *notify != 0 && ((*notify & SMTP_NOTIFY_NEVER) == 0 || *notify == SMTP_NOTIFY_NEVER);
}

/* RFC 3461 section 4: visible ASCII, and `+` only before two hexadecimal digits. Kept as it is. */
static bool
read_xtext(char *text, size_t room, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || length >= room)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (value[i] < '!' || value[i] > '~' || value[i] == '=')
			return false;
		if (value[i] == '+' && (strspn(value + i + 1, "0123456789ABCDEF") < 2))
			return false;
	}
	memcpy(text, value, length + 1);
	return true;
}

static bool
is_text(const char *text, bool utf8)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < ' ' || byte == 0x7f || (byte > 0x7f && !utf8))
			return false;
	}
	return true;
}

/* Letters of ASCII in any case; `upper` has none but large ones. */
static bool
begins(const char *text, const char *upper)
{
	for (; *upper != '\0'; text++, upper++) {
		char byte = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;

		if (byte != *upper)
			return false;
	}
	return true;
}

static bool
is(const char *text, const char *upper)
{
	return strlen(text) == strlen(upper) && begins(text, upper);
}
