/*
 * file_name.h - what a file is called here that somebody far away gave a name
 *
 * Its sender's name, made harmless: one component, visible, no control bytes, valid UTF-8, of
 * bounded length. Nothing is ever overwritten: the second "report.txt" is "report (2).txt".
 */
#ifndef SPOOL_MESSAGE_FILE_NAME_H
#define SPOOL_MESSAGE_FILE_NAME_H

enum { FILE_NAME_SIZE = 256, FILE_NAME_NUMBERED = 99 };

/*
 * The name for a title, the `attempt`th (from 1) if earlier ones are taken; past
 * FILE_NAME_NUMBERED it holds `id`, which is unique. A title of nothing is called `id`.
 */
void file_name_choose(const char *title, const char *id, unsigned attempt,
                      char name[FILE_NAME_SIZE]);

#endif
