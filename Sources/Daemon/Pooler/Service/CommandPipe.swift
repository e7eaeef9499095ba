import Glibc
import IOEngine
import MonotonicTime

/// Brings signals and news of workers to the thread that runs the process; one byte each.
final class CommandPipe: Sendable {
    enum Command {
        case signal(Int32)
        /// The process is to end.
        case exit
        /// A worker's engine exists and listens.
        case workerReady
        case workerEnded
        case workerFailed
    }

    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe") }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func post(_ command: Command) {
        switch command {
        case .signal(let number): post(byte: UInt8(truncatingIfNeeded: number))
        case .exit: post(byte: 200)
        case .workerEnded: post(byte: 201)
        case .workerFailed: post(byte: 202)
        case .workerReady: post(byte: 203)
        }
    }

    private func post(byte: UInt8) {
        var byte = byte
        _ = unsafe write(writeEnd, &byte, 1)
    }

    /// Waits for the next command; `nil` at the deadline.
    func next(until deadline: Instant) -> Command? {
        while true {
            let left = deadline.nanoseconds(since: .now())
            var request = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&request, 1, Int32(clamping: max(0, left) / 1_000_000 + 1))
            if count == 0 { return nil }
            if count < 0 {
                if left <= 0 { return nil }
                continue
            }
            var byte: UInt8 = 0
            guard unsafe read(readEnd, &byte, 1) == 1 else { continue }
            switch byte {
            case 200: return .exit
            case 201: return .workerEnded
            case 202: return .workerFailed
            case 203: return .workerReady
            default: return .signal(Int32(byte))
            }
        }
    }
}
