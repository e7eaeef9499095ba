import Foundation
import Glibc
import Synchronization

/// The file that tells the number of the running process (setting `pidfile`).
struct Pidfile: Sendable {
    let path: String

    /// What ``write()`` made, to be removed however the process ends.
    private static let own = Mutex<String?>(nil)

    /// Makes sure that no living process has the file, and removes a stale one.
    init(_ path: String) throws(Serve.Failure) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw Serve.Failure(message: "could not open pidfile '\(path)': \(lastSystemError())")
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else {
            throw Serve.Failure(message: "could not read pidfile '\(path)': \(lastSystemError())")
        }
        let number = String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber }
        guard let process = Int32(number), process > 0, kill(process, 0) != 0, errno == ESRCH else {
            throw Serve.Failure(message: "pidfile '\(path)' exists, another instance running?")
        }
        Terminal.complain(ServeTexts.log("stale pidfile, removing"))
        guard unsafe unlink(path) == 0 else {
            throw Serve.Failure(message: "could not remove stale pidfile: \(lastSystemError())")
        }
    }

    /// Writes our number, and sees to it that the file goes when the process ends by itself.
    func write() throws(Serve.Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Serve.Failure(message: "could not open pidfile '\(path)': \(lastSystemError())")
        }
        defer { close(descriptor) }
        let text = Array("\(getpid())\n".utf8)
        guard unsafe Glibc.write(descriptor, text, text.count) == text.count else {
            throw Serve.Failure(message: "could not write pidfile '\(path)': \(lastSystemError())")
        }
        Self.own.withLock { $0 = path }
        atexit { Pidfile.removeOwn() }
    }

    /// Removes the file that this process wrote, if it did.
    static func removeOwn() {
        let path = own.withLock { path in
            defer { path = nil }
            return path
        }
        if let path { unsafe unlink(path) }
    }
}
