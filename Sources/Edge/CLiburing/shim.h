// liburing for Swift: functions in place of its macros and untyped flags.
// Each prepares one kind of operation; Swift decides when to use it.
#ifndef WEIR_CLIBURING_H
#define WEIR_CLIBURING_H

#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

static const unsigned WEIR_URING_SETUP = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN
    | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
static const uint32_t WEIR_URING_MORE = IORING_CQE_F_MORE;
static const uint32_t WEIR_URING_BUFFER = IORING_CQE_F_BUFFER;
static const uint32_t WEIR_URING_BUFFER_SHIFT = IORING_CQE_BUFFER_SHIFT;
static const uint32_t WEIR_POLLIN = POLLIN;
static const uint32_t WEIR_POLLOUT = POLLOUT;
static const uint32_t WEIR_POLLERR = POLLERR;
static const uint32_t WEIR_POLLHUP = POLLHUP;
// A module cannot define _GNU_SOURCE; the value is part of Linux's ABI.
static const uint32_t WEIR_POLLRDHUP = 0x2000;

// A send that never waits: it either sends everything during the submission, without a completion, or reports its
// result. MSG_WAITALL makes a short send a failure, which skipping the completion relies on.
static const int WEIR_URING_SEND_FLAGS = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;

/// Receives into buffers of a group until it is canceled, the peer closes, or the group is empty.
static inline void weir_prep_receive(struct io_uring_sqe *sqe, int fd, uint16_t group, uint64_t tag) {
    io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = group;
    sqe->user_data = tag;
}

/// Receives the available bytes, or waits for some, into a buffer of a group.
static inline void weir_prep_receive_once(
    struct io_uring_sqe *sqe, int fd, uint16_t group, unsigned size, uint64_t tag
) {
    io_uring_prep_recv(sqe, fd, NULL, size, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = group;
    sqe->user_data = tag;
}

static inline void weir_prep_send(struct io_uring_sqe *sqe, int fd, const void *bytes, size_t count, uint64_t tag) {
    io_uring_prep_send(sqe, fd, bytes, count, WEIR_URING_SEND_FLAGS);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = tag;
}

static inline void weir_prep_send_parts(struct io_uring_sqe *sqe, int fd, const struct msghdr *message, uint64_t tag) {
    io_uring_prep_sendmsg(sqe, fd, message, WEIR_URING_SEND_FLAGS);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = tag;
}

/// Gives one completion when one of the events occurs.
static inline void weir_prep_poll(struct io_uring_sqe *sqe, int fd, uint32_t events, uint64_t tag) {
    io_uring_prep_poll_add(sqe, fd, events);
    sqe->user_data = tag;
}

/// Gives a completion each time one of the events occurs.
static inline void weir_prep_poll_multishot(struct io_uring_sqe *sqe, int fd, uint32_t events, uint64_t tag) {
    io_uring_prep_poll_multishot(sqe, fd, events);
    sqe->user_data = tag;
}

/// Accepts until it is canceled or fails; the sockets are non-blocking and close-on-exec.
static inline void weir_prep_accept(struct io_uring_sqe *sqe, int fd, uint64_t tag) {
    io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    sqe->user_data = tag;
}

/// Cancels the operation with the tag; only that operation gives a completion.
static inline void weir_prep_cancel(struct io_uring_sqe *sqe, uint64_t tag_to_cancel, uint64_t tag) {
    io_uring_prep_cancel64(sqe, tag_to_cancel, 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = tag;
}

/// The completion at a distance from the oldest one.
static inline const struct io_uring_cqe *weir_completion(const struct io_uring *ring, unsigned distance) {
    return &ring->cq.cqes[(*ring->cq.khead + distance) & ring->cq.ring_mask];
}

/// Registers a ring of buffers as a group; 0 or a negative errno.
static inline int weir_register_buffers(
    struct io_uring *ring, struct io_uring_buf_ring *buffers, unsigned entries, uint16_t group
) {
    struct io_uring_buf_reg registration = {0};
    registration.ring_addr = (uint64_t)(uintptr_t)buffers;
    registration.ring_entries = entries;
    registration.bgid = group;
    io_uring_buf_ring_init(buffers);
    return io_uring_register_buf_ring(ring, &registration, 0);
}

/// Gives one buffer to the kernel.
static inline void weir_give_buffer(
    struct io_uring_buf_ring *buffers, void *bytes, unsigned size, uint16_t number, unsigned entries
) {
    io_uring_buf_ring_add(buffers, bytes, size, number, io_uring_buf_ring_mask(entries), 0);
    io_uring_buf_ring_advance(buffers, 1);
}

#endif
