import AdminConsole
import Glibc
import Synchronization

/// Writes log lines in PgBouncer's format to standard error, a file and syslog, from any thread.
///
///     2026-11-21 03:24:56.979 UTC [2498] LOG C-0x2a: db/user@127.0.0.1:56952 login attempt: …
package final class Log: Sendable {
    /// Where lines go. PgBouncer settings `logfile`, `syslog`, `syslog_ident`, `syslog_facility`, `verbose`.
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

    package init(_ destination: Destination = Destination()) {
        state = Mutex(State(destination: destination))
        verbosity = Atomic(destination.verbosity)
        reopen(destination)
    }

    /// Changes where lines go, and opens the file anew so that a rotated one is let go.
    package func reopen(_ destination: Destination) {
        verbosity.store(destination.verbosity, ordering: .relaxed)
        let failure: Int32? = state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
            state.descriptor = -1
            state.destination = destination
            if state.isSyslogOpen {
                closelog()
                state.isSyslogOpen = false
            }
            guard !destination.file.isEmpty else { return nil }
            state.descriptor = unsafe open(destination.file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            return state.descriptor < 0 ? errno : nil
        }
        if let failure {
            let reason = unsafe String(cString: strerror(failure))
            write(.error, "could not open log file: \(destination.file): \(reason)")
        }
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
