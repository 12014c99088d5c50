/*
 * node_language.h - in which language the users of this node are written to
 *
 * The one that a user's programs last asked for when they submitted something, else the node's. So
 * nobody has to register: who works in Portuguese is told in Portuguese that a file has come.
 */
#ifndef DAEMON_NODE_NODE_LANGUAGE_H
#define DAEMON_NODE_NODE_LANGUAGE_H

#include "daemon/node/node_state.h"

/* A program of that user says which language it wants; "" says nothing. */
void node_user_speaks(struct node *node, const char *user, const char *language);
void node_user_language(struct node *node, const char *user,
                        char language[NOTIFY_LANGUAGE_MAX + 1]);

#endif
