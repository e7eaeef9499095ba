import Foundation
import Glibc

/// A new folder under `/tmp` for one test, which every account may enter.
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
    func write(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }
}
