import Foundation
import Glibc

/// The events of a running `weir dev`, in order, from any thread.
struct DevEvents: Sendable {
    enum Event: Hashable, Sendable {
        /// Ctrl-C, or a request to terminate.
        case signal
        /// The pooler listens.
        case ready
        /// The pooler has ended with this exit code.
        case ended(UInt8)
    }

    private let descriptorToRead: Int32
    private let descriptorToWrite: Int32

    init() throws {
        var pair: [Int32] = [-1, -1]
        guard unsafe pipe(&pair) == 0 else { throw DevFailure(message: "pipe failed: \(lastSystemError())") }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (descriptorToRead, descriptorToWrite) = (pair[0], pair[1])
    }

    /// Reports an event from any thread. A write of two bytes to a pipe is atomic.
    func post(_ event: Event) {
        let bytes: [UInt8] =
            switch event {
            case .signal: [1, 0]
            case .ready: [2, 0]
            case .ended(let code): [3, code]
            }
        _ = unsafe write(descriptorToWrite, bytes, bytes.count)
    }

    /// The next event; `nil` if none comes within that time.
    func next(milliseconds: Int32) -> Event? {
        var wanted = pollfd(fd: descriptorToRead, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wanted, 1, milliseconds) > 0 else { return nil }
        guard let kind = readByte(descriptorToRead), let detail = readByte(descriptorToRead) else { return nil }
        switch kind {
        case 1: return .signal
        case 2: return .ready
        default: return .ended(detail)
        }
    }

    /// Turns Ctrl-C and similar signals into events. Call it before any other thread starts: threads inherit the signal
    /// mask.
    ///
    /// The fourth signal ends the process immediately; the next start recovers.
    func catchSignals() {
        var caught = sigset_t()
        unsafe sigemptyset(&caught)
        for signal in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&caught, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &caught, nil)
        let signals = caught
        Thread.detachNewThread {
            var waited = signals
            for _ in 1...3 {
                var signal: Int32 = 0
                while unsafe sigwait(&waited, &signal) != 0 {}
                post(.signal)
            }
            var signal: Int32 = 0
            _ = unsafe sigwait(&waited, &signal)
            _exit(130)
        }
    }
}
