import Foundation
import Glibc
import Pooler
import Synchronization

/// The file with the ID of the running process (setting `pidfile`).
struct Pidfile: Sendable {
    let path: String

    /// The file that ``write()`` made, to be removed when the process ends.
    private static let own = Mutex<String?>(nil)

    /// Makes sure that no running process has the file, and removes a stale one.
    init(_ path: String) throws(StartupError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw StartupError("could not open pidfile '\(path)': \(lastSystemError())")
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else {
            throw StartupError("could not read pidfile '\(path)': \(lastSystemError())")
        }
        let number = String(decoding: buffer[..<count], as: UTF8.self).prefix { $0.isNumber }
        guard let process = Int32(number), process > 0, kill(process, 0) != 0, errno == ESRCH else {
            throw StartupError("pidfile '\(path)' exists, another instance running?")
        }
        Terminal.complain(ServeTexts.logLine(.log, "stale pidfile, removing"))
        guard unsafe unlink(path) == 0 else {
            throw StartupError("could not remove stale pidfile: \(lastSystemError())")
        }
    }

    /// Writes the process ID, and has the file removed when the process ends by itself.
    func write() throws(StartupError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StartupError("could not open pidfile '\(path)': \(lastSystemError())")
        }
        defer { close(descriptor) }
        let text = Array("\(getpid())\n".utf8)
        guard unsafe Glibc.write(descriptor, text, text.count) == text.count else {
            throw StartupError("could not write pidfile '\(path)': \(lastSystemError())")
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

/// A place for the process's file that is filled in after the pooler has been told to write it.
final class PidfileSlot: Sendable {
    private let file = Mutex<Pidfile?>(nil)

    func hold(_ file: Pidfile) { self.file.withLock { $0 = file } }

    func write() throws(StartupError) { try file.withLock { $0 }?.write() }
}
