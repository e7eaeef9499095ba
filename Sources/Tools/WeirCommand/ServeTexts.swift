import AdminConsole
import Glibc
import Pooler

/// What the pooler prints on the terminal.
enum ServeTexts {
    /// The answer to `--help`.
    static func usage(program: String) -> String {
        """
        \(program) pools connections to PostgreSQL. It takes PgBouncer's options and configuration.

        Usage:
          \(program) [OPTION]... CONFIG_FILE

        Options:
          -d, --daemon         run in background (as a daemon)
          -q, --quiet          run quietly
          -R, --reboot         do an online reboot (not available yet)
          -u, --user=USERNAME  assume identity of USERNAME
          -v, --verbose        increase verbosity
          -V, --version        show version, then exit
          -h, --help           show this help, then exit

        """
    }

    /// The answer to `--version`. Programs that look for PgBouncer read the first line.
    static var version: String { "\(PoolerVersion.banner)\n" }

    /// A line as the log has it, for standard error while there is no log yet.
    static func logLine(_ level: LogLevel, _ message: String) -> String {
        "\(timestamp()) [\(getpid())] \(level.rawValue) \(message)"
    }

    /// Local time to the millisecond, with the name of its zone.
    private static func timestamp() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var parts = unsafe tm()
        unsafe localtime_r(&now.tv_sec, &parts)
        func text(_ format: String) -> String {
            var buffer = [CChar](repeating: 0, count: 64)
            let count = unsafe strftime(&buffer, buffer.count, format, &parts)
            return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let milliseconds = String(now.tv_nsec / 1_000_000)
        let padding = String(repeating: "0", count: 3 - milliseconds.count)
        return "\(text("%Y-%m-%d %H:%M:%S")).\(padding)\(milliseconds) \(text("%Z"))"
    }
}
