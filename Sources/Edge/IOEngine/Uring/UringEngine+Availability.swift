import CLinux
import Glibc
import MonotonicTime

/// Checks whether this process can use io_uring.
extension UringEngine {
    /// The reason why the engine cannot be used, with the system's message; `nil` if it can.
    ///
    /// It is determined by trying rather than from versions: containers forbid the system calls, kernels differ in what
    /// they support, and `kernel.io_uring_disabled` disables them. Bytes make a round trip through a pair of sockets.
    package static let objection: String? = {
        do throws(SystemError) {
            try tryOut()
            return nil
        } catch {
            return "\(error.call): \(error.reason)"
        }
    }()

    private static func tryOut() throws(SystemError) {
        var engine = try UringEngine()
        var descriptors: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, WEIR_STREAM, 0, &descriptors) == 0 else { throw SystemError("socketpair") }
        let here = engine.attach(DetachedSocket(rawValue: descriptors[0]), token: SocketToken(rawValue: 0))
        let there = engine.attach(DetachedSocket(rawValue: descriptors[1]), token: SocketToken(rawValue: 1))
        // More than the sockets have room for: this requires a multishot receive, and a send that reports being short.
        let sent = [UInt8](repeating: 1, count: 1 << 20)
        _ = unsafe sent.withUnsafeBytes { unsafe engine.send($0, to: here) }
        let deadline = engine.now + .seconds(2)
        var received = 0
        while received < sent.count {
            engine.wait(until: deadline)
            guard engine.now < deadline else { throw SystemError("io_uring", ETIMEDOUT) }
            while let completion = engine.nextCompletion() {
                switch completion {
                case .received(_, let piece): received += piece.count
                case .failed(_, let error): throw SystemError("io_uring", error)
                default: break
                }
            }
        }
        engine.close(here, flushing: false)
        engine.close(there, flushing: false)
    }
}
