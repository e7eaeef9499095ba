/// Why a configuration file was refused, with the place.
///
/// A load that throws has changed nothing.
package struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String

    /// From 1; `nil` when the fault is not on one line (the file cannot be read, a section is missing).
    package var line: Int?

    /// The lines to log, cause first, in PgBouncer's words where it has them. Never contains a secret.
    package var messages: [String]

    package init(file: String, line: Int?, messages: [String]) {
        (self.file, self.line, self.messages) = (file, line, messages)
    }

    package var description: String { messages.joined(separator: "; ") }
}

/// Something in a file that was accepted but deserves a line in the log.
package struct ConfigWarning: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// From 1.
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
        (self.file, self.line, self.message) = (file, line, message)
    }

    package var description: String { "\(message) (\(file):\(line))" }
}

/// Why one setting could not be set.
package enum SettingError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownParameter(String)
    /// `expected` says what would have been accepted.
    case invalidValue(String, name: String, expected: String)
    /// A setting that names a database cannot name the console's.
    case reservedDatabase(String, name: String)

    package var description: String {
        switch self {
        case .unknownParameter(let name): "unknown parameter: pgbouncer/\(name)"
        case .invalidValue(let value, let name, let expected):
            "invalid value \"\(value)\" for parameter \(name): expected \(expected)"
        case .reservedDatabase(let database, let name):
            "cannot use the reserved \"\(database)\" database as an \(name)"
        }
    }
}
