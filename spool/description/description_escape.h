/*
 * description_escape.h - C escapes in quoted texts, and those of chats
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_ESCAPE_H
#define SPOOL_DESCRIPTION_DESCRIPTION_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/description/description.h"

/*
 * Decodes what stands at *at, a byte or an escape, and moves past it. In a chat the code
 * may be one of enum description_chat_code, or 0; elsewhere a NUL is refused, for texts
 * are C strings. `\x` takes one or two digits. False for an unknown escape.
 */
bool description_escape_next(const char **at, const char *end, bool chat, uint16_t *code);

/* Append the text with its quotes, so that it reads back as the same. */
void description_escape_text(const char *text, struct buffer *out);
void description_escape_chat(const struct description_chat_text *text, struct buffer *out);

/* Append one byte or enum description_chat_code as it stands between quotes. */
void description_escape_code(uint16_t code, struct buffer *out);

#endif
