/*
 * loop_submit.h - sockets where mail servers hand over by LMTP: `submit lmtp` of the description
 *
 * Each connection is a program like those of the control socket, but that a layer speaks LMTP
 * with it (lmtp_layer.h). A socket in a folder is made with mode 0660, and with the folder's group
 * where that has the setgid bit: who may write to it may name any sender.
 */
#ifndef DAEMON_LOOP_LOOP_SUBMIT_H
#define DAEMON_LOOP_LOOP_SUBMIT_H

#include "daemon/config.h"
#include "daemon/loop/loop_clients.h"

struct loop_submit_socket;

struct loop_submit {
	struct loop_clients       *clients;
	const struct config       *config;
	struct loop_submit_socket *sockets;
};

void loop_submit_init(struct loop_submit *submit, struct loop_clients *clients,
                      const struct config *config);

/* Listens where the description says, and nowhere else any more. What cannot be had is the last
 * one's reason in *diagnostic; the others are there. */
enum status loop_submit_follow(struct loop_submit *submit, struct diagnostic *diagnostic);
void        loop_submit_announce(struct loop_submit *submit); /* EVENT_LISTENING for each */
void        loop_submit_stop(struct loop_submit *submit);

#endif
