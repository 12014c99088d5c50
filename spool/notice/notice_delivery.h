/*
 * notice_delivery.h - the part of a notice that programs read: message/delivery-status (RFC 3464)
 */
#ifndef SPOOL_NOTICE_NOTICE_DELIVERY_H
#define SPOOL_NOTICE_NOTICE_DELIVERY_H

#include "spool/notice/notice.h"

void notice_delivery_append(const struct notice *notice, struct buffer *out);

/* RFC 5322 section 3.3, without the day of the week, which is optional. */
void notice_append_date(struct walltime wall, struct buffer *out);

#endif
