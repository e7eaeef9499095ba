#define _GNU_SOURCE
#include "CLinux.h"

#include <malloc.h>
#include <string.h>

int weir_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns) {
    static _Atomic int lacks_nanoseconds;
    if (timeout_ns > 0 && !lacks_nanoseconds) {
        struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
        int count = epoll_pwait2(epoll, events, capacity, &timeout, NULL);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
        lacks_nanoseconds = 1;  // a kernel before 5.11, or a sandbox
    }
    // Round up: waking early would spin until the deadline has passed.
    int64_t milliseconds = timeout_ns < 0 ? -1 : (timeout_ns + 999999) / 1000000;
    if (milliseconds > INT32_MAX) milliseconds = INT32_MAX;
    return epoll_wait(epoll, events, capacity, (int)milliseconds);
}

int weir_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int weir_make_timer(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int weir_set_timer(int timer, int64_t time_ns) {
    struct itimerspec when = {.it_value = {time_ns / 1000000000, time_ns % 1000000000}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int weir_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int weir_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return errno;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

void weir_name_thread(pthread_t thread, const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
    pthread_setname_np(thread, cut);
}

size_t weir_free_memory(void) { return mallinfo2().fordblks; }

void weir_release_memory(void) { malloc_trim(0); }
