/*
 * compress_dictionary.h - what both ends know before the first word
 *
 * Trained by libzstd on mails, headings and reports as mulga sends them
 * (contrib/dictionary/make). It is part of the protocol: another one is another protocol.
 */
#ifndef DAEMON_COMPRESS_COMPRESS_DICTIONARY_H
#define DAEMON_COMPRESS_COMPRESS_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t compress_dictionary[];
extern const size_t  compress_dictionary_size;

#endif
