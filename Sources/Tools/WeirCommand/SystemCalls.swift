import Glibc

/// Waits for one byte; `nil` at the end of the stream.
func readByte(_ descriptor: Int32) -> UInt8? {
    var byte: UInt8 = 0
    while true {
        let count = unsafe read(descriptor, &byte, 1)
        if count < 0, errno == EINTR { continue }
        return count == 1 ? byte : nil
    }
}

/// The words of the C library for the error of the last system call.
func lastSystemError() -> String {
    let number = errno
    guard let words = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: words)
}
