import Foundation
import Glibc
import WeirTestSupport

/// A new folder in `/tmp` for one test, which every account may enter.
struct Scratch {
    let path: String

    init() throws {
        path = "/tmp/weir-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        Cleanup.atEnd { [self] in remove() }
    }

    /// Removes the folder, and first stops the PostgreSQL that a failed or interrupted test has left running in it.
    func remove() {
        guard let names = FileManager.default.enumerator(atPath: path) else { return }
        for case let name as String in names where name.hasSuffix("data/postmaster.pid") {
            let file = "\(path)/\(name)"
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            // One test puts its own process there.
            guard let process = text.split(separator: "\n").first.flatMap({ pid_t($0) }), process != getpid() else {
                continue
            }
            kill(process, SIGQUIT)
            let clock = ContinuousClock(), start = clock.now
            while FileManager.default.fileExists(atPath: file), clock.now - start < .seconds(30) { usleep(10_000) }
        }
        try? FileManager.default.removeItem(atPath: path)
    }
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
