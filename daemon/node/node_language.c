/*
 * node_language.c - a setting of the spool for each user
 */
#include "daemon/node/node_language.h"

#include <stdio.h>
#include <string.h>

static void setting_of(const char *user, struct buffer *name);

void
node_user_speaks(struct node *node, const char *user, const char *language)
{
	char          last[NOTIFY_LANGUAGE_MAX + 1];
	struct buffer name;

	if (user[0] == '\0' || language[0] == '\0')
		return;
	node_user_language(node, user, last);
	if (strcmp(last, language) == 0)
		return;
	buffer_init(&name);
	setting_of(user, &name);
	store_setting_put(node->store, buffer_text(&name), span_of_text(language));
	buffer_release(&name);
}

void
node_user_language(struct node *node, const char *user, char language[NOTIFY_LANGUAGE_MAX + 1])
{
	struct buffer name, value;

	buffer_init(&name);
	buffer_init(&value);
	setting_of(user, &name);
	if (store_setting_get(node->store, buffer_text(&name), &value) &&
	    value.length <= NOTIFY_LANGUAGE_MAX)
		snprintf(language, NOTIFY_LANGUAGE_MAX + 1, "%s", buffer_text(&value));
	else
		snprintf(language, NOTIFY_LANGUAGE_MAX + 1, "%s",
		         node->home->language != NULL ? node->home->language : "");
	buffer_release(&value);
	buffer_release(&name);
}

static void
setting_of(const char *user, struct buffer *name)
{
	buffer_append_format(name, "language of %s", user);
}
