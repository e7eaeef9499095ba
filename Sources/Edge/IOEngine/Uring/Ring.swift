import CLiburing
import Glibc
import MonotonicTime

/// The two queues shared with the kernel, with a Swift interface.
///
/// All operations of a turn are queued, and one system call submits them and waits. A ring must be created and used by
/// a single thread, the only one from which the kernel accepts submissions.
@safe struct Ring: ~Copyable {
    private let ring: UnsafeMutablePointer<io_uring>

    /// The number of operations per submission; if there are more, the queue is submitted in between.
    private static let submissionCapacity: UInt32 = 1_024
    /// The number of completions the queue holds before the kernel must store more elsewhere.
    private static let completionCapacity: UInt32 = 8_192

    init() throws(SystemError) {
        // Not assigned to the property yet: once all are set, an initializer that throws runs `deinit`, which would
        // free it again.
        let ring = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
        unsafe ring.initialize(to: io_uring())
        var parameters = io_uring_params()
        parameters.flags = WEIR_URING_SETUP
        parameters.cq_entries = Self.completionCapacity
        let status = unsafe io_uring_queue_init_params(Self.submissionCapacity, ring, &parameters)
        guard status == 0 else {
            unsafe ring.deallocate()
            throw SystemError("io_uring_setup", -status)
        }
        unsafe self.ring = unsafe ring
        // Saves a lookup per system call; everything works without it.
        _ = unsafe io_uring_register_ring_fd(ring)
    }

    deinit {
        unsafe io_uring_queue_exit(ring)
        unsafe ring.deallocate()
    }

    // MARK: - Submitting

    /// The next free entry of the submission queue.
    private func entry() -> UnsafeMutablePointer<io_uring_sqe> {
        while true {
            if let entry = unsafe io_uring_get_sqe(ring) { return unsafe entry }
            submitRest()
        }
    }

    func receive(_ descriptor: Int32, group: UInt16, _ tag: OperationTag) {
        unsafe weir_prep_receive(entry(), descriptor, group, tag.rawValue)
    }

    /// Receives into one buffer of the group.
    func receiveOnce(_ descriptor: Int32, group: UInt16, size: Int, _ tag: OperationTag) {
        unsafe weir_prep_receive_once(entry(), descriptor, group, UInt32(size), tag.rawValue)
    }

    /// The bytes must stay in place until the submission.
    func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ tag: OperationTag) {
        unsafe weir_prep_send(entry(), descriptor, bytes.baseAddress, bytes.count, tag.rawValue)
    }

    /// The message and its bytes must stay in place until the submission.
    func send(_ message: UnsafePointer<msghdr>, to descriptor: Int32, _ tag: OperationTag) {
        unsafe weir_prep_send_parts(entry(), descriptor, message, tag.rawValue)
    }

    func poll(_ descriptor: Int32, _ events: UInt32, _ tag: OperationTag) {
        unsafe weir_prep_poll(entry(), descriptor, events, tag.rawValue)
    }

    func pollMultishot(_ descriptor: Int32, _ events: UInt32, _ tag: OperationTag) {
        unsafe weir_prep_poll_multishot(entry(), descriptor, events, tag.rawValue)
    }

    func accept(_ descriptor: Int32, _ tag: OperationTag) { unsafe weir_prep_accept(entry(), descriptor, tag.rawValue) }

    func cancel(_ tag: OperationTag) {
        unsafe weir_prep_cancel(entry(), tag.rawValue, OperationTag(.cancel).rawValue)
    }

    /// Submits without waiting and without running other kernel work.
    func submit() { _ = unsafe io_uring_submit(ring) }

    /// Submits, lets the kernel finish pending work, and returns immediately.
    func submitAndLook() { _ = unsafe io_uring_submit_and_get_events(ring) }

    /// Makes sure that everything has been submitted. The kernel takes only some operations if it is short of memory,
    /// and the memory that operations point to may change once they are assumed done.
    func submitRest() {
        while unsafe io_uring_sq_ready(ring) > 0 {
            // The kernel is freeing memory; sleeping costs less than retrying continuously. Do not wait for a
            // completion instead: possibly no operation is in progress.
            if unsafe io_uring_submit(ring) < 0 { usleep(1_000) }
        }
    }

    /// Whether there are completions before waiting. Waiting would return at once then, without running the kernel's
    /// pending work.
    var hasCompletions: Bool { unsafe io_uring_cq_ready(ring) > 0 }

    /// Submits and waits for a completion.
    func submitAndWait() { _ = unsafe io_uring_submit_and_wait(ring, 1) }

    /// Submits and waits for a completion, at most `nanoseconds`.
    func submitAndWait(nanoseconds: Int64) {
        var time = __kernel_timespec(tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        var completion: UnsafeMutablePointer<io_uring_cqe>?
        _ = unsafe io_uring_submit_and_wait_timeout(ring, &completion, 1, &time, nil)
    }

    // MARK: - Completions

    /// The kernel's report about an operation.
    struct Outcome {
        let tag: OperationTag
        /// The result of the corresponding system call, or a negative errno.
        let result: Int32
        let flags: UInt32

        /// Whether the operation continues and will report again.
        var hasMore: Bool { flags & WEIR_URING_MORE != 0 }
        /// The number of the buffer that was filled.
        var buffer: UInt16? {
            flags & WEIR_URING_BUFFER != 0 ? UInt16(truncatingIfNeeded: flags >> WEIR_URING_BUFFER_SHIFT) : nil
        }
    }

    /// Moves the completions out of the queue, in order.
    ///
    /// - Returns: false if there are more: the kernel had stored those that did not fit into the queue.
    func collect(into outcomes: inout [Outcome]) -> Bool {
        let count = unsafe io_uring_cq_ready(ring)
        for distance in 0..<count {
            let completion = unsafe weir_completion(ring, distance).pointee
            outcomes.append(
                Outcome(
                    tag: OperationTag(rawValue: completion.user_data), result: completion.res, flags: completion.flags))
        }
        unsafe io_uring_cq_advance(ring, count)
        guard unsafe io_uring_cq_has_overflow(ring) else { return true }
        _ = unsafe io_uring_get_events(ring)
        return false
    }

    // MARK: - Buffers

    func register(_ buffers: UnsafeMutablePointer<io_uring_buf_ring>, entries: Int, group: UInt16) throws(SystemError) {
        let status = unsafe weir_register_buffers(ring, buffers, UInt32(entries), group)
        guard status == 0 else { throw SystemError("io_uring_register_buf_ring", -status) }
    }
}
