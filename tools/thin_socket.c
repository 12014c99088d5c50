/*
 * thin_socket.c - reach control.sock wherever it is, and copy what comes
 *
 * The address of a socket holds 107 bytes of path. Where the home's path is longer, the
 * folder is opened and named by its descriptor.
 */
#include "tools/thin_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/complain.h"

static int  connect_in(int socket, const char *folder);
static bool take_item(const struct control_item *item, FILE *out, struct control_done *done);

int
thin_socket_connect(const struct home *home)
{
	int result = -1, folder = -1;
	int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connection < 0)
		return -1;
	if (strlen(home->run) + sizeof("/" HOME_SOCKET) <=
	    sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
		result = connect_in(connection, home->run);
	} else {
		folder = open(home->run, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (folder >= 0) {
			char path[64];

			snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
			result = connect_in(connection, path);
		}
	}
	if (folder >= 0)
		close(folder);
	if (result == 0)
		return connection;
	close(connection);
	return -1;
}

static int
connect_in(int socket, const char *folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/" HOME_SOCKET, folder);
	return connect(socket, (const struct sockaddr *)&address, sizeof(address));
}

bool
thin_socket_write(int socket, struct span bytes)
{
	while (bytes.length > 0) {
		ssize_t sent = send(socket, bytes.data, bytes.length, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		bytes.data += sent;
		bytes.length -= (size_t)sent;
	}
	return true;
}

bool
thin_socket_answer(int socket, FILE *out, struct control_done *done)
{
	struct control_reader reader;
	struct control_item   item = { .kind = CONTROL_NOTHING };
	uint8_t               bytes[16384];
	struct span           input    = { bytes, 0 };
	bool                  finished = false;

	control_reader_init(&reader, CONTROL_DAEMON);
	while (!finished && item.kind != CONTROL_BROKEN) {
		ssize_t length = read(socket, bytes, sizeof(bytes));

		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			break;
		input = (struct span){ bytes, (size_t)length };
		do {
			control_read(&reader, &input, &item, NULL);
			finished = take_item(&item, out, done);
		} while (!finished && item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
		fflush(out);
	}
	control_reader_release(&reader);
	return finished;
}

static bool
take_item(const struct control_item *item, FILE *out, struct control_done *done)
{
	if (item->kind == CONTROL_OUTPUT)
		fwrite(item->bytes.data, 1, item->bytes.length, out);
	if (item->kind == CONTROL_ERRORS)
		complain_bytes(item->bytes);
	return item->kind == CONTROL_DONE &&
	       control_done_decode(done, item->bytes, NULL) == STATUS_OK;
}
