/*
 * owner_init.c - `init` makes a node where there was none; `key` shows its key
 *
 * Nothing that exists is touched. The description is written last, so that an init that
 * was interrupted can be seen: there is no node yet.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/description/description_check.h"
#include "spool/description/description_parse.h"
#include "spool/home/home_key.h"
#include "spool/store/store.h"
#include "spool/trust/node_key.h"
#include "tools/complain.h"
#include "tools/owner.h"

struct init {
	const struct home *home;
	const char        *name; /* as it was typed */
	struct name        plain;
	const char        *visible; /* NULL: not stated */
	const char        *via;     /* NULL: no hub     */
	struct buffer      text;    /* of the description */
};

static int  parse_options(const struct owner_call *call, struct init *init);
static int  refuse_existing(const struct home *home);
static int  write_description(struct init *init);
static void append_path(struct buffer *text, const char *folder, const char *below);
static int  check_description(const struct init *init);
static int  make_folders(const struct home *home);
static int  make_folder(const char *path, mode_t mode);
static int  make_key(const struct home *home);
static int  make_spool(const struct home *home);
static int  write_new(const char *path, mode_t mode, struct span bytes);

static const char usage[] = "usage: mulga init --name NAME [--visible REGION] [--via HUB]";

int
owner_init(const struct owner_call *call)
{
	struct init   init = { .home = call->home };
	struct buffer name;
	int           code = parse_options(call, &init);

	buffer_init(&name);
	if (code == 0)
		code = refuse_existing(init.home);
	if (code == 0 && init.home->folder != NULL)
		code = make_folder(init.home->folder, 0755);
	if (code == 0)
		code = write_description(&init);
	if (code == 0)
		code = make_folders(init.home);
	if (code == 0)
		code = make_key(init.home);
	if (code == 0)
		code = make_spool(init.home);
	if (code == 0) {
		buffer_append_format(&name, "%s\n", init.plain.text);
		code = write_new(init.home->name, 0644, buffer_span(&name));
	}
	if (code == 0)
		code = write_new(init.home->description, 0644, buffer_span(&init.text));
	if (code == 0)
		printf("%s is made. Edit %s, then start mulgad.\n", init.plain.text,
		       init.home->description);
	buffer_release(&name);
	buffer_release(&init.text);
	return code;
}

static int
parse_options(const struct owner_call *call, struct init *init)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "visible", required_argument, NULL, 'v' },
		{ "via", required_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char **words = call->words - 1; /* the verb, as getopt wants it */
	int    option;

	optind = 1;
	while ((option = getopt_long((int)call->word_count + 1, words, "", options, NULL)) != -1) {
		if (option == 'n')
			init->name = optarg;
		else if (option == 'v')
			init->visible = optarg;
		else if (option == 'h')
			init->via = optarg;
		else
			return EX_USAGE;
	}
	if (init->name != NULL && (size_t)optind == call->word_count + 1)
		return 0;
	complain("%s", usage);
	return EX_USAGE;
}

static int
refuse_existing(const struct home *home)
{
	const char *paths[] = { home->description, home->database, home->key };
	int         code    = 0;

	for (size_t i = 0; code == 0 && i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], F_OK) == 0) {
			complain("%s exists: a node lives here already", paths[i]);
			code = EX_CANTCREAT;
		}
	return code;
}

/* --- the description ------------------------------------------------------------------- */

static int
write_description(struct init *init)
{
	struct buffer    *text = &init->text;
	struct diagnostic diagnostic;
	char              folder[PATH_MAX];

	diagnostic_init(&diagnostic);
	if (name_parse(&init->plain, init->name, &diagnostic) != STATUS_OK) {
		complain("--name: %s", diagnostic.text);
		return EX_USAGE;
	}
	if (init->home->folder == NULL)
		snprintf(folder, sizeof(folder), "/var/lib/mulga");
	else if (realpath(init->home->folder, folder) == NULL) {
		complain("%s: %s", init->home->folder, strerror(errno));
		return EX_CANTCREAT;
	}
	buffer_append_format(
	    text,
	    "# node.topo - all that mulgad knows from its operator; see mulga.topo(5)\n"
	    "#\n"
	    "# `mulga check` judges it, `mulga reload` lets a running mulgad read it again.\n\n"
	    "node %s {\n",
	    init->plain.text);
	if (init->visible != NULL)
		buffer_append_format(text, "    visible %s    # the region that routes by itself\n",
		                     init->visible[0] == '\0' ? "world" : init->visible);
	else
		buffer_append_text(text,
		                   "    # visible REGION    # the region that routes by itself; "
		                   "default: the parent\n");
	buffer_append_text(
	    text,
	    "\n    # Neighbors call here. `plain` is without TLS, for a net you trust; else a\n"
	    "    # link states its neighbor's key: auth key \"...\", as `mulga key` shows it there.\n"
	    "    # listen tcp \"[::]:4242\" plain\n\n");
	if (init->via != NULL)
		buffer_append_format(text,
		                     "    # The hub: what is not known here goes there.\n"
		                     "    link %s {\n"
		                     "        delay 1s; cost 0\n"
		                     "        transport tcp \"%s:4242\" plain\n"
		                     "    }\n"
		                     "    leaf via %s\n\n",
		                     init->via, init->via, init->via);
	else
		buffer_append_text(text, "    # A neighbor; it needs a link to this node as well.\n"
		                         "    # link NEIGHBOR {\n"
		                         "    #     delay 1s; cost 0\n"
		                         "    #     transport tcp \"HOST:4242\" plain\n"
		                         "    # }\n\n");
	buffer_append_text(text, "    # A user has mail here if the folder with the user's name "
	                         "exists.\n    service mail { deliver maildir \"");
	append_path(text, folder, "/mail/%u");
	buffer_append_text(text, "\" }\n    service file { deliver drop \"");
	append_path(text, folder, "/files/%u");
	buffer_append_text(text,
	                   "\" }\n\n"
	                   "    # What cron, and the node itself, say to root: who is to hear it?\n"
	                   "    # notify root\n    # forward root to PERSON OTHER@NODE\n}\n");
	return check_description(init);
}

/* Inside a quoted string, which has C escapes. A percent sign would be a placeholder. */
static void
append_path(struct buffer *text, const char *folder, const char *below)
{
	for (; *folder != '\0'; folder++) {
		if (*folder == '"' || *folder == '\\')
			buffer_append_text(text, "\\");
		buffer_append_u8(text, (uint8_t)*folder);
	}
	buffer_append_text(text, below);
}

/* What init writes must pass `check`: a region or hub that cannot be is found here. */
static int
check_description(const struct init *init)
{
	struct description_sources roots;
	struct description         description;
	struct description_report  report;
	struct buffer              errors;
	int                        code = 0;

	description_sources_init(&roots);
	description_init(&description);
	description_report_init(&report);
	buffer_init(&errors);
	description_sources_add(&roots, "node.topo", buffer_text(&init->text), init->text.length);
	if (description_parse(&description, &roots, NULL, &report) != STATUS_OK ||
	    description_check(&description, &report) != STATUS_OK) {
		description_report_format(&report, &errors);
		fputs(buffer_text(&errors), stderr);
		code = EX_USAGE;
	}
	buffer_release(&errors);
	description_report_release(&report);
	description_release(&description);
	description_sources_release(&roots);
	return code;
}

/* --- folders and files ----------------------------------------------------------------- */

static int
make_folders(const struct home *home)
{
	struct {
		const char *path;
		mode_t      mode;
	} folders[] = {
		{ home->keys, 0700 },
		{ home->spool, 0700 },
		{ home->bodies, 0700 },
		{ home->drop, 03733 }, /* anybody may leave a file */
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(folders) / sizeof(folders[0]); i++)
		code = make_folder(folders[i].path, folders[i].mode);
	return code;
}

static int
make_folder(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == 0 && chmod(path, mode) == 0)
		return 0;
	if (errno == EEXIST)
		return 0;
	complain("%s: %s", path, strerror(errno));
	return EX_CANTCREAT;
}

static int
make_key(const struct home *home)
{
	uint8_t       seed[NODE_KEY_SEED_BYTES];
	struct buffer pem;
	int           code = EX_OSERR;

	buffer_init(&pem);
	if (getrandom(seed, sizeof(seed), 0) == (ssize_t)sizeof(seed) &&
	    node_key_make(seed, &pem) == STATUS_OK)
		code = write_new(home->key, 0600, buffer_span(&pem));
	else
		complain("cannot make a key");
	explicit_bzero(seed, sizeof(seed));
	if (pem.length > 0)
		explicit_bzero(pem.data, pem.length);
	buffer_release(&pem);
	return code;
}

static int
make_spool(const struct home *home)
{
	struct store     *store = NULL;
	struct diagnostic diagnostic;
	int               code = write_new(home->lock, 0600, (struct span){ NULL, 0 });

	diagnostic_init(&diagnostic);
	if (code == 0 && store_open(&store, home->database, NULL, &diagnostic) != STATUS_OK) {
		complain("%s: %s", home->database, diagnostic.text);
		code = EX_CANTCREAT;
	}
	store_close(store);
	return code;
}

static int
write_new(const char *path, mode_t mode, struct span bytes)
{
	int     file    = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	ssize_t written = file < 0 ? -1 : write(file, bytes.data, bytes.length);
	bool    good    = written == (ssize_t)bytes.length && fsync(file) == 0;

	if (!good)
		complain("%s: %s", path, strerror(errno));
	if (file >= 0)
		close(file);
	return good ? 0 : EX_CANTCREAT;
}

/* --- key ------------------------------------------------------------------------------- */

int
owner_key(const struct owner_call *call)
{
	struct buffer     pem, public;
	struct diagnostic diagnostic;
	enum status       status;
	int               code = 0;

	diagnostic_init(&diagnostic);
	buffer_init(&pem);
	buffer_init(&public);
	status = home_key_read(call->home, &pem, &diagnostic);
	if (status != STATUS_OK) {
		complain("%s", diagnostic.text);
		code = status == STATUS_DENIED ? EX_NOPERM : EX_NOINPUT;
	} else if (node_key_public(buffer_span(&pem), &public) != STATUS_OK) {
		complain("%s holds no Ed25519 key", call->home->key);
		code = EX_DATAERR;
	} else {
		puts(buffer_text(&public));
	}
	explicit_bzero(pem.data, pem.length);
	buffer_release(&pem);
	buffer_release(&public);
	return code;
}
