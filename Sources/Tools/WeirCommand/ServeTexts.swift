import AdminConsole
import Glibc

/// What the pooler prints about itself.
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

    /// A line as PgBouncer logs it before it ends.
    static func fatal(_ message: String) -> String {
        "\(timestamp()) [\(getpid())] FATAL \(message)"
    }

    /// A line as PgBouncer logs what an operator may want to know.
    static func log(_ message: String) -> String {
        "\(timestamp()) [\(getpid())] LOG \(message)"
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
