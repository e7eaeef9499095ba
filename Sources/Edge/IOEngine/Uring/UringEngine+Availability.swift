import CLinux
import Glibc
import MonotonicTime

/// Whether this process can use io_uring here.
extension UringEngine {
    /// Why the engine cannot be used, in the system's words; `nil` when it can.
    ///
    /// Tries it rather than asking for versions: containers forbid the system calls, kernels differ in what they do with
    /// them, and `kernel.io_uring_disabled` switches them off. Bytes make a round through a pair of sockets.
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
        // More than the sockets have room for: it takes a receive that goes on, and a send that is cut short and says so.
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
