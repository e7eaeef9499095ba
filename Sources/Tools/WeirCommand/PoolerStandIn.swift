import Foundation
import Glibc

// Stands in for modules that are being written: the daemon (Pooler), PoolerConfig, PGConnInfo and AdminConsole.

package enum PoolerVersion {
    package static let banner = "PgBouncer 1.25.2 (Weir 0.1.0)"
}

package struct StartupError: Error, CustomStringConvertible {
    package let description: String
}

package struct ServeOptions: Sendable {
    package var configPath: String
    package var quiet: Bool
    package var verbosity: Int
    package var user: String?
    package var daemonized: Int32?

    package init(configPath: String, quiet: Bool, verbosity: Int, user: String?, daemonized: Int32?) {
        (self.configPath, self.quiet, self.verbosity) = (configPath, quiet, verbosity)
        (self.user, self.daemonized) = (user, daemonized)
    }
}

package struct PoolerStatus: Sendable {
    package var clients = 0
    package var servers = 0
    package var waiting = 0
    package var queries: UInt64 = 0
}

package final class PoolerService: Sendable {
    private let readyPipe: Int32?
    private let wakeup: (read: Int32, write: Int32)

    package init(options: ServeOptions) throws(StartupError) {
        guard FileManager.default.isReadableFile(atPath: options.configPath) else {
            throw StartupError(description: "cannot load config file")
        }
        readyPipe = options.daemonized
        var pair: [Int32] = [-1, -1]
        _ = unsafe pipe(&pair)
        wakeup = (pair[0], pair[1])
    }

    package func run() -> Int32 {
        if let readyPipe {
            var byte: UInt8 = 1
            _ = unsafe write(readyPipe, &byte, 1)
            close(readyPipe)
        }
        var byte: UInt8 = 0
        _ = unsafe read(wakeup.read, &byte, 1)
        return 0
    }

    package func requestShutdown() {
        var byte: UInt8 = 1
        _ = unsafe write(wakeup.write, &byte, 1)
    }

    package func status() -> PoolerStatus { PoolerStatus() }
}

/// The settings that matter before the daemon runs.
struct StartupSettings {
    var user: String?
    var pidfile: String?

    init(configPath: String) {
        let text = (try? String(contentsOfFile: configPath, encoding: .utf8)) ?? ""
        var isPooler = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("[") { isPooler = line == "[pgbouncer]" }
            guard isPooler, let equals = line.firstIndex(of: "=") else { continue }
            let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            switch line[..<equals].trimmingCharacters(in: .whitespaces) {
            case "user": user = value.isEmpty ? nil : value
            case "pidfile": pidfile = value.isEmpty ? nil : value
            default: break
            }
        }
    }
}

/// Takes a connection URI apart into libpq's keywords and values, in their order.
func connectionKeywords(ofURI uri: String) throws -> [(keyword: String, value: String)] {
    guard let scheme = ["postgresql://", "postgres://"].first(where: uri.hasPrefix) else {
        throw StartupError(description: "invalid URI: it begins with neither postgresql:// nor postgres://")
    }
    func decoded(_ text: some StringProtocol) -> String { text.removingPercentEncoding ?? String(text) }
    let halves = uri.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var pairs: [(keyword: String, value: String)] = []
    let path = halves[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var hosts = path[0]
    if let at = hosts.lastIndex(of: "@") {
        let login = hosts[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        hosts = hosts[hosts.index(after: at)...]
        if let user = login.first, !user.isEmpty { pairs.append(("user", decoded(user))) }
        if login.count > 1 { pairs.append(("password", decoded(login[1]))) }
    }
    let places = hosts.split(separator: ",").map { $0.split(separator: ":", maxSplits: 1) }
    if !places.isEmpty {
        pairs.append(("host", places.map { decoded($0.first ?? "") }.joined(separator: ",")))
        if places.contains(where: { $0.count > 1 }) {
            pairs.append(("port", places.map { $0.count > 1 ? decoded($0[1]) : "5432" }.joined(separator: ",")))
        }
    }
    if path.count > 1, !path[1].isEmpty { pairs.append(("dbname", decoded(path[1]))) }
    for option in halves.dropFirst().first?.split(separator: "&") ?? [] {
        let parts = option.split(separator: "=", maxSplits: 1)
        pairs.append((decoded(parts.first ?? ""), parts.count > 1 ? decoded(parts[1]) : ""))
    }
    return pairs
}
