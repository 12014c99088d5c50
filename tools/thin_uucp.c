/*
 * thin_uucp.c - `uucp` and `uustat`: files to other nodes, and what waits, for who types what he always did
 *
 * A file goes as a message of the service `file`: to `SITE!~user/name` for that user, to any other path
 * for the user `uucp` of that node. Where it lies over there is the far end's affair. `uustat` shows
 * jobs as UUCP's does, for programs that count them; of links it says in mulga's own words what is asked.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/thin_ask.h"
#include "tools/thin_send.h"
#include "tools/thin_uux.h"

static const char uucp_usage[]   = "usage: uucp [-m] [-r] FILE... SITE!PATH";
static const char uustat_usage[] = "usage: uustat [-a|-m|-q] [-s SITE] [-k ID] [-r ID]";

static int  send_files(const struct home *home, char **files, size_t count, const char *to,
                       bool receipt);
static void name_target(const char *path, bool one, struct buffer *user, struct buffer *name);

int
thin_uucp(const struct home *home, char **arguments)
{
	char **words   = arguments - 1;
	bool   receipt = false;
	int    count   = 1, option;

	while (words[count] != NULL)
		count++;
	optind = 1;
	while ((option = getopt(count, words, "+CcdDfg:I:jmn:rRs:tu:vWx:")) != -1) {
		if (option == '?') {
			complain("%s", uucp_usage);
			return EX_USAGE;
		}
		receipt = receipt || option == 'm';
	}
	if (count - optind < 2 || strchr(words[count - 1], '!') == NULL) {
		complain("%s", uucp_usage);
		return EX_USAGE;
	}
	for (int i = optind; i < count - 1; i++)
		if (strchr(words[i], '!') != NULL) {
			complain("%s: a file of another node is not fetched by uucp", words[i]);
			return EX_UNAVAILABLE;
		}
	return send_files(home, words + optind, (size_t)(count - 1 - optind), words[count - 1],
	                  receipt);
}

static int
send_files(const struct home *home, char **files, size_t count, const char *to, bool receipt)
{
	const char   *mark  = strrchr(to, '!');
	char        **words = memory_new(count + 6, sizeof(words[0]));
	struct buffer user, name, address;
	size_t        used = 0;
	int           code;

	buffer_init(&user);
	buffer_init(&name);
	buffer_init(&address);
	name_target(mark + 1, count == 1, &user, &name);
	buffer_append_format(&address, "%.*s", (int)(mark - to), to);
	if (strchr(buffer_text(&address), '!') != NULL) { /* a!b: to the user at b, by way of a */
		struct buffer by;
		char         *last = strrchr((char *)address.data, '!');

		buffer_init(&by);
		buffer_append_format(&by, "%.*s!%s@%s", (int)(last - (char *)address.data),
		                     (char *)address.data, buffer_text(&user), last + 1);
		buffer_release(&address);
		address = by;
	} else {
		buffer_append_format(&user, "@%s", buffer_text(&address));
		buffer_release(&address);
		address = user;
		buffer_init(&user);
	}
	if (receipt)
		words[used++] = "--receipt";
	if (name.length > 0) {
		words[used++] = "--name";
		words[used++] = (char *)buffer_text(&name);
	}
	words[used++] = (char *)buffer_text(&address);
	memcpy(words + used, files, count * sizeof(words[0]));
	code = thin_send(home, words);
	buffer_release(&address);
	buffer_release(&name);
	buffer_release(&user);
	free(words);
	return code;
}

/* Whose it is to be there, and as what; a path that ends in / keeps the name that it has here. */
static void
name_target(const char *path, bool one, struct buffer *user, struct buffer *name)
{
	const char *slash = strrchr(path, '/');
	size_t      owner = path[0] == '~' ? strcspn(path + 1, "/") : 0;

	buffer_append_format(user, "%.*s", (int)owner, path + (owner > 0));
	if (owner == 0)
		buffer_append_text(user, "uucp");
	if (one && slash != NULL)
		buffer_append_text(name, slash + 1);
	else if (one && path[0] != '~')
		buffer_append_text(name, path);
}

int
thin_uustat(const struct home *home, char **arguments)
{
	char **words  = arguments - 1;
	char  *ask[4] = { "uustat", NULL };
	char  *site   = NULL;
	int    count  = 1, option;

	while (words[count] != NULL)
		count++;
	optind = 1;
	while ((option = getopt(count, words, "+aeI:jk:mMNpqQr:s:S:u:x:")) != -1)
		switch (option) {
		case 's':
			site = optarg;
			break;
		case 'k':
		case 'r':
			ask[0] = "queue";
			ask[1] = option == 'k' ? "cancel" : "expedite";
			ask[2] = optarg;
			break;
		case 'm':
		case 'q':
			ask[0] = "links";
			break;
		case '?':
			complain("%s", uustat_usage);
			return EX_USAGE;
		default:
			break;
		}
	if (strcmp(ask[0], "links") == 0) {
		ask[1] = site;
	} else if (strcmp(ask[0], "uustat") == 0 && site != NULL) {
		ask[1] = "--site";
		ask[2] = site;
	}
	return thin_ask(home, ask, strcmp(ask[0], "queue") != 0);
}
