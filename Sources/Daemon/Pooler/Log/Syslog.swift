import Glibc

/// The system log, for the settings `syslog`, `syslog_ident` and `syslog_facility`.
enum Syslog {
    // openlog keeps the pointer it is given, so the identity must live as long as the process; it changes with a reload
    // at most.
    nonisolated(unsafe) private static var identity: UnsafeMutablePointer<CChar>?

    static func write(_ level: LogLevel, _ message: String, destination: Log.Destination, isOpen: inout Bool) {
        if !isOpen {
            unsafe free(identity)
            unsafe identity = strdup(destination.syslogIdent)
            unsafe openlog(identity, LOG_PID, facility(destination.syslogFacility))
            isOpen = true
        }
        unsafe message.withCString { text in
            unsafe withVaList([text]) { unsafe vsyslog(level.priority, "%s", $0) }
        }
    }

    private static func facility(_ name: String) -> Int32 {
        let numbers: [String: Int32] = [
            "user": 1, "daemon": 3, "auth": 4, "authpriv": 10, "local0": 16, "local1": 17, "local2": 18, "local3": 19,
            "local4": 20, "local5": 21, "local6": 22, "local7": 23,
        ]
        return (numbers[name.lowercased()] ?? 3) << 3
    }
}
