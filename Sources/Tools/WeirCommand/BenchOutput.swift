import Foundation
import Glibc
import LoadPlan

/// The destinations of the report.
struct BenchOutput {
    private let jsonPath: String?
    private let printsTable: Bool

    /// - Throws: ``BenchFailure`` if the file cannot be written; checked now rather than after the run.
    init(json: String?, isQuiet: Bool) throws(BenchFailure) {
        jsonPath = json
        printsTable = json == nil || !isQuiet
        guard let json, json != "-" else { return }
        let descriptor = unsafe open(json, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw BenchFailure("cannot write \(json): \(unsafe String(cString: strerror(errno)))", code: 2)
        }
        close(descriptor)
    }

    /// Writes the report. The table goes to standard output, or to standard error if the JSON goes there.
    func write(table: String, json: JSON) throws(BenchFailure) {
        if printsTable {
            if jsonPath == "-" { Terminal.complain(table) } else { Terminal.say(table) }
        }
        guard let jsonPath else { return }
        if jsonPath == "-" { return Terminal.say(json.text) }
        do {
            try Data((json.text + "\n").utf8).write(to: URL(fileURLWithPath: jsonPath))
        } catch {
            throw BenchFailure("cannot write \(jsonPath): \(error.localizedDescription)", code: 1)
        }
    }
}

/// The error thrown when `weir bench` ends without a measurement.
struct BenchFailure: Error {
    let message: String
    let code: Int32

    init(_ message: String, code: Int32) {
        self.message = message
        self.code = code
    }
}
