/*
 * thin_rmail.h - mail as UUCP's programs hand it over: with its sender in its first lines
 */
#ifndef TOOLS_THIN_RMAIL_H
#define TOOLS_THIN_RMAIL_H

#include "tools/thin_mail.h"

/*
 * Sends what comes on standard input to the mail's recipients. Its "From ... remote from ..." lines go;
 * they say who sends it, if mail->sender does not. 0, or the exit code after a sentence.
 */
int thin_rmail_take(struct thin_mail *mail);

#endif
