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

    private struct State {
        var destination: Destination
        var descriptor: Int32 = -1
        var isSyslogOpen = false
    }

    private let state: Mutex<State>
    private let verbosity: Atomic<Int>
    private let processID = getpid()

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

    /// Writes one line; control characters that could forge another are replaced.
    package func write(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard isEnabled(level) else { return }
        let message = Self.singleLine(message())
        let line = "\(Self.timestamp()) [\(processID)] \(level.rawValue) \(message)\n"
        state.withLock { state in
            if state.destination.standardError { Self.writeAll(line, to: 2) }
            if state.descriptor >= 0 { Self.writeAll(line, to: state.descriptor) }
            if state.destination.syslog {
                Syslog.write(level, message, destination: state.destination, isOpen: &state.isSyslogOpen)
            }
        }
    }

    private static func singleLine(_ message: String) -> String {
        guard message.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) else { return message }
        return String(String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }

    private static func writeAll(_ line: String, to descriptor: Int32) {
        var line = line
        line.withUTF8 { bytes in
            // A full disk must not stop the pooler: what does not go out is lost.
            _ = unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }

    private static func timestamp() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var parts = unsafe tm()
        unsafe localtime_r(&now.tv_sec, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let milliseconds = now.tv_nsec / 1_000_000
        let fraction = String(1_000 + milliseconds).dropFirst()
        let zone = unsafe parts.tm_zone.map { unsafe String(cString: $0) } ?? "UTC"
        let date = unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return unsafe "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction) \(zone)"
    }
}
