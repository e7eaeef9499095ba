/// How serious a log line is; PgBouncer's words.
package enum LogLevel: String, Sendable {
    case fatal = "FATAL"
    case error = "ERROR"
    case warning = "WARNING"
    case log = "LOG"
    case debug = "DEBUG"
    case noise = "NOISE"

    /// The `verbose` level from which the line is written.
    var verbosity: Int {
        switch self {
        case .fatal, .error, .warning, .log: 0
        case .debug: 1
        case .noise: 2
        }
    }

    /// syslog's priority.
    var priority: Int32 {
        switch self {
        case .fatal: 2
        case .error: 3
        case .warning: 4
        case .log: 6
        case .debug, .noise: 7
        }
    }
}
