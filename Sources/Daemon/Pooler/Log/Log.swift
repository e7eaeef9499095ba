import AdminConsole
import Glibc
import Synchronization

/// Writes log lines in PgBouncer's format to standard error, a file and syslog, from any thread.
///
///     2026-11-21 03:24:56.979 UTC [2498] LOG C-0x2a: db/user@127.0.0.1:56952 login attempt: …
package final class Log: Sendable {
    /// Where lines go. Settings `logfile`, `syslog`, `syslog_ident`, `syslog_facility`, `verbose`.
    package struct Destination: Hashable, Sendable {
        package var file = ""
        /// Standard error too; switched off by `-q` and in the background.
        package var standardError = true
        package var syslog = false
        package var syslogIdent = "pgbouncer"
        package var syslogFacility = "daemon"
        package var verbosity = 0
        /// What `-v` asked for; no setting goes below it.
        package var commandLineVerbosity = 0

        package init() {}
    }

    private let state: Mutex<State>
    private let verbosity: Atomic<Int>

    /// A log whose file is not open yet: see ``reopen(_:)``.
    package init(_ destination: Destination = Destination()) {
        state = Mutex(State(destination: destination))
        verbosity = Atomic(destination.verbosity)
    }

    /// Changes where lines go, and opens the file again even if it is the same, because it may have been renamed.
    ///
    /// If the file cannot be opened nothing changes: lines go where they went.
    package func reopen(_ destination: Destination) throws(LogFileError) {
        let descriptor = try Self.open(destination.file)
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = descriptor
            state.destination = destination
            if state.isSyslogOpen {
                closelog()
                state.isSyslogOpen = false
            }
        }
        verbosity.store(destination.verbosity, ordering: .relaxed)
    }

    /// - Returns: the descriptor; -1 where no file is wanted.
    private static func open(_ path: String) throws(LogFileError) -> Int32 {
        guard !path.isEmpty else { return -1 }
        // As fopen does for PgBouncer: the umask restricts the mode.
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw LogFileError(path: path, number: errno) }
        return descriptor
    }

    package var destination: Destination { state.withLock { $0.destination } }

    package func isEnabled(_ level: LogLevel) -> Bool { verbosity.load(ordering: .relaxed) >= level.verbosity }

    /// Writes one line; control characters in it are replaced, see ``LogText``.
    package func write(_ level: LogLevel, _ message: @autoclosure () -> LogMessage) {
        guard isEnabled(level) else { return }
        var message = message().bytes
        LogText.makeSafe(&message)
        state.withLock { $0.write(level, message) }
    }
}

/// Why a log file cannot be written, in PgBouncer's words.
package struct LogFileError: Error, CustomStringConvertible {
    let path: String
    let number: Int32

    package var description: String {
        unsafe "Cannot open logfile: '\(path)': \(String(cString: strerror(number)))"
    }
}

extension Log {
    /// What the lock guards.
    private struct State {
        var destination: Destination
        var descriptor: Int32 = -1
        var isSyslogOpen = false
        private var clock = LogClock()
        /// The memory of the last line, for the next one.
        private var line: [UInt8] = []

        init(destination: Destination) { self.destination = destination }

        mutating func write(_ level: LogLevel, _ message: [UInt8]) {
            line.removeAll(keepingCapacity: true)
            clock.write(into: &line)
            line += level.rawValue.utf8
            line.append(UInt8(ascii: " "))
            line += message
            line.append(UInt8(ascii: "\n"))
            if destination.standardError { writeLine(to: 2) }
            if descriptor >= 0 { writeLine(to: descriptor) }
            if destination.syslog {
                Syslog.write(
                    level, String(decoding: message, as: UTF8.self), destination: destination, isOpen: &isSyslogOpen)
            }
        }

        private func writeLine(to descriptor: Int32) {
            // A full disk must not stop the pooler: what does not go out is lost.
            _ = unsafe Glibc.write(descriptor, line, line.count)
        }
    }
}
