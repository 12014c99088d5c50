/*
 * delivery_place.c - targets, users and file names
 */
#include "daemon/delivery/delivery_place.h"

#include <stdio.h>
#include <string.h>

enum { NAME_PLAIN_MAX = 200 }; /* bytes: leaves room for what readers append, ":2,RS" */

static bool user_is_safe(const char *user);

enum status
delivery_place_expand(const char *target, const char *user, char path[DISK_PATH_SIZE],
                      char user_path[DISK_PATH_SIZE])
{
	size_t length = 0, end = 0; /* of the first component with the user in it */
	bool   named = false;

	for (; *target != '\0'; target++) {
		const char *piece        = target;
		size_t      piece_length = 1;

		if (target[0] == '%' && target[1] == 'u') {
			if (!user_is_safe(user))
				return STATUS_NOT_FOUND;
			piece        = user;
			piece_length = strlen(user);
			named        = true;
			target++;
		} else if (*target == '/' && named && end == 0)
			end = length;
		if (length + piece_length + 2 > DISK_PATH_SIZE)
			return STATUS_INVALID;
		memcpy(path + length, piece, piece_length);
		length += piece_length;
	}
	path[length] = '\0';
	if (named && end == 0)
		end = length;
	memcpy(user_path, path, end);
	snprintf(user_path + end, 2, "%s", end > 0 ? "/" : "");
	return STATUS_OK;
}

void
delivery_place_name(const struct message_id *id, char name[DELIVERY_NAME_SIZE])
{
	uint8_t digest[BODY_DIGEST_BYTES];
	size_t  length = strlen(id->text);

	if (length <= NAME_PLAIN_MAX) {
		memcpy(name, id->text, length + 1);
		return;
	}
	body_digest_chunk(id->text, length, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(name + 2 * i, 3, "%02x", digest[i]);
}

bool
delivery_place_hide(struct delivery_place *place, const struct message_id *id)
{
	char name[DELIVERY_NAME_SIZE], hidden[DELIVERY_NAME_SIZE + 8];

	delivery_place_name(id, name);
	snprintf(hidden, sizeof(hidden), ".mulga-%s", name);
	return disk_path_join(place->hidden, place->folder, hidden);
}

enum delivery_verdict
delivery_place_failed(struct delivery_job *job, enum status status, const char *path)
{
	diagnostic_set(&job->diagnostic, "%s: %s", path, status_text(status));
	return status == STATUS_NO_SPACE || status == STATUS_BUSY ? DELIVERY_LATER
	                                                          : DELIVERY_FAILED;
}

/* One visible path component without bytes that a terminal or a shell would act on. */
static bool
user_is_safe(const char *user)
{
	if (user[0] == '\0' || user[0] == '.')
		return false;
	for (; *user != '\0'; user++)
		if (*user == '/' || (unsigned char)*user < 0x20 || *user == 0x7f)
			return false;
	return true;
}
