// System calls missing from the toolchain's Glibc module: epoll, eventfd, accept4 and peer credentials.
// Declarations only; Swift makes every decision.
#ifndef WEIR_CLINUX_H
#define WEIR_CLINUX_H

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>

static const uint32_t WEIR_EPOLLIN = EPOLLIN;
static const uint32_t WEIR_EPOLLOUT = EPOLLOUT;
static const uint32_t WEIR_EPOLLERR = EPOLLERR;
static const uint32_t WEIR_EPOLLHUP = EPOLLHUP;
static const uint32_t WEIR_EPOLLRDHUP = EPOLLRDHUP;
static const int WEIR_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int WEIR_EVENTFD_FLAGS = EFD_NONBLOCK | EFD_CLOEXEC;
static const int WEIR_SIGNALFD_FLAGS = SFD_CLOEXEC;
static const int WEIR_STREAM = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int WEIR_SEND_FLAGS = MSG_NOSIGNAL | MSG_DONTWAIT;
static const int WEIR_RECEIVE_FLAGS = MSG_DONTWAIT;

/// epoll_wait with a time-out in nanoseconds; a negative one means no time-out.
int weir_epoll_wait(int epoll, struct epoll_event *events, int capacity, int64_t timeout_ns);

/// Makes a spawned program inherit no descriptor from `first` on.
int weir_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// Creates a non-blocking timerfd on CLOCK_MONOTONIC; -1 on failure.
int weir_make_timer(void);

/// Sets a timerfd to expire once, at an absolute time; 0 on success.
int weir_set_timer(int timer, int64_t time_ns);

/// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC.
int weir_accept(int listener);

/// Reads the process and user at the other end of a Unix socket; 0 on success.
int weir_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid);

/// Names a thread for ps and gdb; truncated to 15 bytes.
void weir_name_thread(pthread_t thread, const char *name);

/// The bytes that malloc keeps after they were freed.
size_t weir_free_memory(void);

/// Returns freed memory to the system, in whole pages.
void weir_release_memory(void);

/// The time of CLOCK_MONOTONIC, in nanoseconds.
static inline int64_t weir_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
