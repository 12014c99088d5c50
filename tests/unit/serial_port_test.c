/*
 * serial_port_test.c - a line is one program's at a time, raw while it is, and as before after it
 */
#include "daemon/transport/serial_port.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/transport/serial_speed.h"
#include "tests/unit/unit.h"

static char              folder[] = "/tmp/mulga-lock-XXXXXX";
static char              device[64], lock_file[128];
static int               master, slave;
static struct diagnostic diagnostic;

static void
setup(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	CU_ASSERT_EQUAL_FATAL(openpty(&master, &slave, device, NULL, NULL), 0);
	snprintf(lock_file, sizeof(lock_file), "%s/LCK..pts_%s", folder, strrchr(device, '/') + 1);
	diagnostic_init(&diagnostic);
}

static void
teardown(void)
{
	close(master);
	close(slave);
	unlink(lock_file);
	CU_ASSERT_EQUAL(rmdir(folder), 0); /* nothing is left in it */
}

static enum status
take(struct serial_port *port)
{
	struct serial_settings settings = { .speed_bits = 9600, .lock_folder = folder };
	enum status            status;

	serial_port_init(port);
	status = serial_port_open(port, device, &settings, &diagnostic);
	return status == STATUS_OK ? serial_port_hold(port, &diagnostic) : status;
}

static void
write_lock(const char *text)
{
	FILE *file = fopen(lock_file, "w");

	fputs(text, file);
	fclose(file);
}

static void
a_line_that_is_held_is_raw_and_locked(void)
{
	struct serial_port port;
	struct termios     before, raw, after;
	char               text[16] = "", wanted[16];
	FILE              *file;

	tcgetattr(slave, &before);
	CU_ASSERT_EQUAL_FATAL(take(&port), STATUS_OK);
	tcgetattr(slave, &raw);
	CU_ASSERT_EQUAL(raw.c_lflag & (ICANON | ECHO | ISIG), 0);
	CU_ASSERT_EQUAL(serial_speed_get(slave), 9600);
	file = fopen(lock_file, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_PTR_NOT_NULL(fgets(text, sizeof(text), file));
	fclose(file);
	snprintf(wanted, sizeof(wanted), "%10ld\n", (long)getpid());
	CU_ASSERT_STRING_EQUAL(text, wanted);
	serial_port_close(&port);
	CU_ASSERT_NOT_EQUAL(access(lock_file, F_OK), 0);
	tcgetattr(slave, &after);
	CU_ASSERT_EQUAL(after.c_lflag, before.c_lflag);
	CU_ASSERT_EQUAL(after.c_iflag, before.c_iflag);
	CU_ASSERT_EQUAL(after.c_cflag & ~(tcflag_t)CBAUD, before.c_cflag & ~(tcflag_t)CBAUD);
}

static void
any_speed_can_be_set(void)
{
	struct serial_settings settings = { .speed_bits = 12345, .lock_folder = folder };
	struct serial_port     port;

	serial_port_init(&port);
	CU_ASSERT_EQUAL_FATAL(serial_port_open(&port, device, &settings, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(serial_port_hold(&port, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(serial_speed_get(port.file), 12345);
	serial_port_close(&port);
}

static void
a_living_programs_lock_is_respected_and_named(void)
{
	struct serial_port port;
	char               text[32], wanted[32];
	pid_t              other = fork();

	if (other == 0) {
		pause();
		_exit(0);
	}
	snprintf(text, sizeof(text), "%10ld\n", (long)other);
	write_lock(text);
	CU_ASSERT_EQUAL(take(&port), STATUS_BUSY);
	snprintf(wanted, sizeof(wanted), "(pid %ld)", (long)other);
	CU_ASSERT_PTR_NOT_NULL(strstr(diagnostic.text, wanted));
	CU_ASSERT_EQUAL(access(lock_file, F_OK), 0);
	serial_port_close(&port);
	CU_ASSERT_EQUAL(access(lock_file, F_OK), 0);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	CU_ASSERT_EQUAL(take(&port), STATUS_OK); /* and once it is dead, it is stale */
	serial_port_close(&port);
}

static void
locks_that_nobody_holds_are_taken_away(void)
{
	static const struct timespec long_ago[] = { { 1000000000, 0 }, { 1000000000, 0 } };
	struct serial_port           port;
	char                         ours[32];

	snprintf(ours, sizeof(ours), "%10ld\n", (long)getpid()); /* of an earlier life */
	for (int i = 0; i < 3; i++) {
		write_lock(i == 0 ? ours : i == 1 ? "" : "rubbish\n");
		if (i > 0) {
			CU_ASSERT_EQUAL(take(&port), STATUS_BUSY); /* perhaps being written */
			serial_port_close(&port);
			utimensat(AT_FDCWD, lock_file, long_ago, 0);
		}
		CU_ASSERT_EQUAL(take(&port), STATUS_OK);
		serial_port_close(&port);
	}
}

static void
two_calls_of_one_process_do_not_share_a_line(void)
{
	struct serial_port first, second;
	char               wanted[32];

	CU_ASSERT_EQUAL(take(&first), STATUS_OK);
	ioctl(first.file, TIOCNXCL); /* as root is not kept out by it */
	CU_ASSERT_EQUAL(take(&second), STATUS_BUSY);
	snprintf(wanted, sizeof(wanted), "(pid %ld)", (long)getpid());
	CU_ASSERT_PTR_NOT_NULL(strstr(diagnostic.text, wanted));
	serial_port_close(&second);
	serial_port_close(&first);
	CU_ASSERT_EQUAL(take(&second), STATUS_OK);
	serial_port_close(&second);
}

static void
a_flock_of_another_program_is_respected_and_named(void)
{
	struct serial_port port;
	char               wanted[32], ready;
	int                pipes[2];
	pid_t              other;

	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	other = fork();
	if (other == 0) {
		int file = open(device, O_RDWR | O_NOCTTY);

		flock(file, LOCK_EX);
		if (write(pipes[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	CU_ASSERT_EQUAL(read(pipes[0], &ready, 1), 1);
	CU_ASSERT_EQUAL(take(&port), STATUS_BUSY);
	snprintf(wanted, sizeof(wanted), "(pid %ld)", (long)other);
	CU_ASSERT_PTR_NOT_NULL(strstr(diagnostic.text, wanted));
	serial_port_close(&port);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	close(pipes[0]);
	close(pipes[1]);
}

static void
what_is_no_line_is_refused_with_a_reason(void)
{
	struct serial_settings settings = { .lock_folder = folder };
	struct serial_port     port;

	serial_port_init(&port);
	CU_ASSERT_EQUAL(serial_port_open(&port, "/dev/null", &settings, &diagnostic),
	                STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "/dev/null is no serial line");
	CU_ASSERT_EQUAL(serial_port_open(&port, "/dev/no-such-line", &settings, &diagnostic),
	                STATUS_NOT_FOUND);
}

static void
a_line_that_waits_for_a_caller_is_open_to_others(void)
{
	struct serial_port waiting, dialling;

	CU_ASSERT_EQUAL(take(&waiting), STATUS_OK);
	serial_port_let(&waiting);
	CU_ASSERT_EQUAL(take(&dialling), STATUS_OK);
	CU_ASSERT_EQUAL(serial_port_hold(&waiting, &diagnostic), STATUS_BUSY);
	serial_port_close(&dialling);
	CU_ASSERT_EQUAL(serial_port_hold(&waiting, &diagnostic), STATUS_OK);
	serial_port_close(&waiting);
}

static void
a_folder_without_room_for_locks_leaves_flock(void)
{
	struct serial_settings settings = { .lock_folder = "/no/such/folder" };
	struct serial_port     port;

	serial_port_init(&port);
	CU_ASSERT_EQUAL(serial_port_open(&port, device, &settings, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(serial_port_hold(&port, &diagnostic), STATUS_OK);
	serial_port_close(&port);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_line_that_is_held_is_raw_and_locked),
	UNIT_TEST(any_speed_can_be_set),
	UNIT_TEST(a_living_programs_lock_is_respected_and_named),
	UNIT_TEST(locks_that_nobody_holds_are_taken_away),
	UNIT_TEST(two_calls_of_one_process_do_not_share_a_line),
	UNIT_TEST(a_flock_of_another_program_is_respected_and_named),
	UNIT_TEST(what_is_no_line_is_refused_with_a_reason),
	UNIT_TEST(a_line_that_waits_for_a_caller_is_open_to_others),
	UNIT_TEST(a_folder_without_room_for_locks_leaves_flock),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo serial_port_suite = UNIT_SUITE("transport/serial_port", setup, teardown, tests);
