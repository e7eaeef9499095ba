import Foundation
import Glibc

/// A new folder in `/tmp` for one test, which every account may enter.
struct Scratch {
    let path: String

    init() throws {
        path = "/tmp/weir-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

extension Scratch {
    /// Writes a program that any account may run.
    ///
    /// A shell writes it: if this process opened the file, another test's child might briefly hold it open, and running
    /// it would fail with "Text file busy".
    func write(_ name: String, _ text: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\"", "sh", text, "\(path)/\(name)"]
        try shell.run()
        shell.waitUntilExit()
    }
}
