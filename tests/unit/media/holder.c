// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "media/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

static char file[] = "/tmp/lkcam_holder_XXXXXX";

// A child that doesn't outlive a failed test.
static pid_t fork_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

// A child that holds the file and waits for a signal.
static pid_t hold(bool stubborn)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork_child();
    if (pid == 0) {
        if (stubborn)
            signal(SIGTERM, SIG_IGN);
        int fd = open(file, O_RDWR);
        if (fd < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static int reap(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WTERMSIG(status);
}

static void the_holder_is_found_by_pid_and_name(void **state)
{
    pid_t pid = hold(false);
    struct lkcam_holder h;
    assert_int_equal(lkcam_holder_find(file, &h), 1);
    assert_int_equal(h.pid, pid);
    assert_true(strlen(h.program) > 0);
    assert_false(h.is_lkcam);
    assert_int_equal(lkcam_holder_end(file, &h), 0);
    assert_int_equal(reap(pid), SIGTERM);
    assert_int_equal(lkcam_holder_find(file, &h), 0);
}

static void we_are_not_our_own_holder(void **state)
{
    struct lkcam_holder h;
    int fd = open(file, O_RDWR);
    assert_int_equal(lkcam_holder_find(file, &h), 0);
    assert_true(lkcam_holder_is_self(file));
    close(fd);
    assert_false(lkcam_holder_is_self(file));
    assert_int_equal(lkcam_holder_find("/no/such/device", &h), -ENOENT);
}

// A terminal's far end is a device that nobody else has open.
static void a_device_is_known_by_its_number_under_any_name(void **state)
{
    // The low numbers exist in a container's devpts, too, and are in use there.
    int terminals[64], near = -1;
    for (int i = 0; i < 64; i++)
        terminals[i] = near = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(near >= 0);
    assert_int_equal(grantpt(near), 0);
    assert_int_equal(unlockpt(near), 0);
    char device[32], other[64];
    assert_int_equal(ptsname_r(near, device, sizeof device), 0);
    snprintf(other, sizeof other, "/proc/%d/root%s", (int)getpid(), device);
    pid_t pid = fork_child();
    if (pid == 0) {
        int fd = open(device, O_RDWR | O_NOCTTY);
        if (fd >= 0)
            pause();
        _exit(1);
    }
    struct lkcam_holder h;
    int found = 0;
    for (int i = 0; i < 1000 && !found; i++)
        found = lkcam_holder_find(other, &h);
    assert_int_equal(found, 1);
    assert_int_equal(h.pid, pid);
    kill(pid, SIGKILL);
    reap(pid);
    for (int i = 0; i < 64; i++)
        close(terminals[i]);
}

static void the_stubborn_are_killed_after_two_seconds(void **state)
{
    pid_t pid = hold(true);
    struct lkcam_holder h;
    assert_int_equal(lkcam_holder_find(file, &h), 1);
    assert_int_equal(lkcam_holder_end(file, &h), 0);
    assert_int_equal(reap(pid), SIGKILL);
}

static void a_process_that_holds_nothing_is_left_alone(void **state)
{
    pid_t pid = fork_child();
    if (pid == 0) {
        pause();
        _exit(1);
    }
    struct lkcam_holder h = {.pid = pid};
    assert_int_equal(lkcam_holder_end(file, &h), 0);
    assert_int_equal(kill(pid, 0), 0);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    kill(pid, SIGKILL);
    reap(pid);
}

// A copy of a program under our name: the link of /proc/PID/exe is what counts, also after the file
// has gone.
static void an_older_lkcam_is_recognised(void **state)
{
    char folder[] = "/tmp/lkcam_dir_XXXXXX", path[64], command[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lkcam", folder);
    snprintf(command, sizeof command, "cp /bin/sleep %s", path);
    assert_int_equal(system(command), 0);
    pid_t pid = fork_child();
    if (pid == 0) {
        int fd = open(file, O_RDWR); // stays open across exec
        if (fd >= 0)
            execl(path, "lkcam", "100", (char *)NULL);
        _exit(1);
    }
    struct lkcam_holder h = {0};
    for (int i = 0; i < 1000 && !h.is_lkcam; i++)
        lkcam_holder_find(file, &h);
    assert_true(h.is_lkcam);
    assert_int_equal(h.pid, pid);
    assert_string_equal(h.program, "lkcam");
    unlink(path);
    rmdir(folder);
    assert_int_equal(lkcam_holder_find(file, &h), 1);
    assert_true(h.is_lkcam);
    kill(pid, SIGKILL);
    reap(pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_holder_is_found_by_pid_and_name),
        cmocka_unit_test(we_are_not_our_own_holder),
        cmocka_unit_test(a_device_is_known_by_its_number_under_any_name),
        cmocka_unit_test(the_stubborn_are_killed_after_two_seconds),
        cmocka_unit_test(a_process_that_holds_nothing_is_left_alone),
        cmocka_unit_test(an_older_lkcam_is_recognised),
    };
    close(mkstemp(file));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(file);
    return failed;
}
