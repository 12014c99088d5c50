/*
 * limit.c - the least work by which this machine could do the same
 *
 *	bench-limit rows DATABASE COUNT BYTES BATCH     so many rows, BATCH of them a commit
 *	bench-limit files FOLDER COUNT BYTES            so many durable files, 64 at a time
 *	bench-limit serve SOCKET DATABASE               a row for each program that connects
 *
 * With the guarantees of the product and nothing else of it: SQLite in WAL mode syncs its
 * log at each commit; files are written and synced under a hidden name, shown by a rename,
 * and their folders synced once for all. `serve` commits for all who are there at once,
 * then answers; it runs until it is killed. The others print how many seconds it took.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FILES_AT_ONCE = 64, CLIENTS_MAX = 64, BODY_MAX = 65536 };

static uint8_t body[BODY_MAX];

static void     rows(const char *path, long count, int bytes, long batch);
static void     files(const char *folder, long count, size_t bytes);
static void     write_group(const char *folder, long first, long count, size_t bytes);
static void     sync_folder(const char *path);
static void     serve(const char *socket_path, const char *database_path);
static void     take(sqlite3_stmt *insert, int client);
static sqlite3 *open_database(const char *path, sqlite3_stmt **insert);
static void     run(sqlite3 *database, const char *sql);
static void     insert_row(sqlite3_stmt *insert, int bytes);
static long     number(const char *text);
static void     need(bool good, const char *what);
static double   seconds(void);

int
main(int count, char **words)
{
	double start = seconds();

	if (count == 6 && strcmp(words[1], "rows") == 0)
		rows(words[2], number(words[3]), (int)number(words[4]), number(words[5]));
	else if (count == 5 && strcmp(words[1], "files") == 0)
		files(words[2], number(words[3]), (size_t)number(words[4]));
	else if (count == 4 && strcmp(words[1], "serve") == 0)
		serve(words[2], words[3]);
	else
		return 64;
	printf("%.3f\n", seconds() - start);
	return 0;
}

static void
rows(const char *path, long count, int bytes, long batch)
{
	sqlite3_stmt *insert;
	sqlite3      *database = open_database(path, &insert);

	need(bytes <= BODY_MAX, "a smaller body");
	for (long done = 0; done < count; done += batch) {
		run(database, "BEGIN");
		for (long i = done; i < count && i < done + batch; i++)
			insert_row(insert, bytes);
		run(database, "COMMIT");
	}
	sqlite3_finalize(insert);
	sqlite3_close(database);
}

static void
files(const char *folder, long count, size_t bytes)
{
	need(bytes <= BODY_MAX, "a smaller body");
	need(mkdir(folder, 0700) == 0 && chdir(folder) == 0, folder);
	need(mkdir("tmp", 0700) == 0 && mkdir("new", 0700) == 0, "folders");
	for (long done = 0; done < count; done += FILES_AT_ONCE)
		write_group(folder, done,
		            count - done < FILES_AT_ONCE ? count - done : FILES_AT_ONCE, bytes);
}

static void
write_group(const char *folder, long first, long count, size_t bytes)
{
	int  opened[FILES_AT_ONCE];
	char hidden[64], shown[64];

	for (long i = 0; i < count; i++) {
		snprintf(hidden, sizeof(hidden), "tmp/%ld", first + i);
		opened[i] = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		need(opened[i] >= 0 && write(opened[i], body, bytes) == (ssize_t)bytes, hidden);
		sync_file_range(opened[i], 0, 0, SYNC_FILE_RANGE_WRITE);
	}
	for (long i = 0; i < count; i++)
		need(fsync(opened[i]) == 0 && close(opened[i]) == 0, folder);
	for (long i = 0; i < count; i++) {
		snprintf(hidden, sizeof(hidden), "tmp/%ld", first + i);
		snprintf(shown, sizeof(shown), "new/%ld", first + i);
		need(rename(hidden, shown) == 0, shown);
	}
	sync_folder("new");
}

static void
sync_folder(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	need(folder >= 0 && fsync(folder) == 0, path);
	close(folder);
}

static void
serve(const char *socket_path, const char *database_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                clients[CLIENTS_MAX];
	sqlite3_stmt      *insert;
	sqlite3           *database = open_database(database_path, &insert);
	struct pollfd      door     = { .events = POLLIN };

	need(strlen(socket_path) < sizeof(address.sun_path), "a shorter path");
	memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
	door.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(bind(door.fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	         listen(door.fd, CLIENTS_MAX) == 0,
	     socket_path);
	for (;;) {
		int count = 0;

		poll(&door, 1, -1);
		run(database, "BEGIN");
		do {
			clients[count] = accept(door.fd, NULL, NULL);
			take(insert, clients[count++]);
		} while (count < CLIENTS_MAX && poll(&door, 1, 0) > 0);
		run(database, "COMMIT");
		while (count-- > 0) {
			need(send(clients[count], "taken\n", 6, MSG_NOSIGNAL) == 6, "an answer");
			close(clients[count]);
		}
	}
}

/* All that a client sends, as one row. */
static void
take(sqlite3_stmt *insert, int client)
{
	size_t  length = 0;
	ssize_t came;

	need(client >= 0, "a client");
	while ((came = read(client, body + length, sizeof(body) - length)) > 0)
		length += (size_t)came;
	insert_row(insert, (int)length);
}

static sqlite3 *
open_database(const char *path, sqlite3_stmt **insert)
{
	sqlite3 *database;

	need(sqlite3_open(path, &database) == SQLITE_OK, path);
	run(database, "PRAGMA locking_mode = EXCLUSIVE");
	run(database, "PRAGMA journal_mode = WAL");
	run(database, "PRAGMA synchronous = FULL");
	run(database, "CREATE TABLE message (key INTEGER PRIMARY KEY, body BLOB)");
	need(sqlite3_prepare_v2(database, "INSERT INTO message (body) VALUES (?)", -1, insert,
	                        NULL) == SQLITE_OK,
	     path);
	return database;
}

static void
run(sqlite3 *database, const char *sql)
{
	need(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void
insert_row(sqlite3_stmt *insert, int bytes)
{
	sqlite3_bind_blob(insert, 1, body, bytes, SQLITE_STATIC);
	need(sqlite3_step(insert) == SQLITE_DONE, "an insert");
	sqlite3_reset(insert);
}

static long
number(const char *text)
{
	char *end;
	long  value = strtol(text, &end, 10);

	need(value > 0 && *end == '\0', "a number");
	return value;
}

static void
need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench-limit: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
