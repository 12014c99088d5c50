/*
 * mail_address.h - the addresses in a field like To: (RFC 5322 section 3.4)
 *
 * Mailboxes with and without a name, groups, comments, quoted strings and source routes
 * are understood; what is handed out is the bare address. An address without a node is
 * bare: the caller adds home's name.
 */
#ifndef SPOOL_MAIL_MAIL_ADDRESS_H
#define SPOOL_MAIL_MAIL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

struct mail_address {
	char  *text; /* `user@node`, `user`, `a!b!user`; owned                    */
	bool   bare; /* a user alone                                               */
	size_t end;  /* bytes of the value before the end of the user: a node's place */
};

struct mail_addresses {
	struct mail_address *items;
	size_t               count;
	size_t               capacity;
};

void mail_addresses_init(struct mail_addresses *addresses);
void mail_addresses_release(struct mail_addresses *addresses);

/*
 * Adds the addresses of a field's value, which may be folded. STATUS_INVALID with the reason
 * where it is none; then those before the fault have been added.
 */
enum status mail_addresses_parse(struct mail_addresses *addresses, const char *value,
                                 struct diagnostic *diagnostic);

/* Takes the last one back. */
void mail_addresses_drop(struct mail_addresses *addresses);

/*
 * Appends the address as mulga writes it: `user` becomes `user@node` with the name of this
 * node, `a!b!user` becomes `a!user@b`.
 */
void mail_address_qualify(const char *address, const char *node, struct buffer *out);

#endif
