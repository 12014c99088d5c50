/*
 * client.c - the thinnest program that submits: a file to a socket, and wait for the answer
 *
 *	bench-client SOCKET FILE
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
main(int count, char **words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char               bytes[65536], answer[16];
	int                server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int                file   = count == 3 ? open(words[2], O_RDONLY | O_CLOEXEC) : -1;
	ssize_t            length;

	if (file < 0)
		return 64;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", words[1]);
	if (connect(server, (struct sockaddr *)&address, sizeof(address)) != 0)
		return 69;
	while ((length = read(file, bytes, sizeof(bytes))) > 0)
		if (write(server, bytes, (size_t)length) != length)
			return 74;
	shutdown(server, SHUT_WR);
	return read(server, answer, sizeof(answer)) > 0 ? 0 : 75;
}
