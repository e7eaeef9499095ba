import Foundation
import Glibc

/// Learns from the pooler that it listens: it writes one byte to a descriptor.
struct ReadyPipe: Sendable {
    let descriptorToWrite: Int32
    private let descriptorToRead: Int32

    init() throws(Serve.Failure) {
        var pair: [Int32] = [-1, -1]
        guard unsafe pipe(&pair) == 0 else { throw Serve.Failure(message: "pipe failed: \(lastSystemError())") }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (descriptorToRead, descriptorToWrite) = (pair[0], pair[1])
    }

    /// Calls `body` once on a thread of its own when the byte comes; never, if the pooler ends before.
    func whenReady(_ body: @escaping @Sendable () -> Void) {
        let descriptor = descriptorToRead
        Thread.detachNewThread {
            if readByte(descriptor) != nil { body() }
            close(descriptor)
        }
    }
}

/// Waits for one byte; `nil` at the end of the stream.
func readByte(_ descriptor: Int32) -> UInt8? {
    var byte: UInt8 = 0
    while true {
        let count = unsafe read(descriptor, &byte, 1)
        if count < 0, errno == EINTR { continue }
        return count == 1 ? byte : nil
    }
}

/// The words of the C library for the error that the last system call left behind.
func lastSystemError() -> String {
    let number = errno
    guard let words = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: words)
}
