import DevPostgres
import Foundation
import PGConnInfo

/// The PostgreSQL server behind the pooler of `weir dev`.
struct Upstream: Sendable {
    /// The database in the printed lines, and the only one that is pooled unless `isWholeServer` is true.
    var database: String
    var isWholeServer = false
    var host: String
    var port: String
    var user: String
    var password: String?
    var sslmode: String?
    /// Settings of the pooler that follow from the URI, by their names in pgbouncer.ini.
    var settings: [(name: String, value: String)] = []
    /// Keywords of the URI that the pooler does not support.
    var ignored: [String] = []

    /// The private cluster: every database in it, as its superuser.
    init(_ cluster: DevCluster) {
        (database, isWholeServer) = (DevCluster.superuser, true)
        (host, port) = (cluster.socketFolder, String(cluster.port))
        user = DevCluster.superuser
    }

    /// The database of a connection URI, with libpq's defaults for what it omits.
    init(uri: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        var values: [String: String] = [:]
        let pairs = try ConnectionString(uri).options.map { (keyword: $0.keyword.rawValue, value: $0.value) }
        for (keyword, value) in pairs { values[keyword] = value }

        user = values["user"] ?? environment["PGUSER"] ?? NSUserName()
        database = values["dbname"] ?? environment["PGDATABASE"] ?? user
        host = values["hostaddr"] ?? values["host"] ?? environment["PGHOST"] ?? "localhost"
        password = values["password"] ?? environment["PGPASSWORD"]
        sslmode = values["sslmode"]
        port = try Self.onePort(values["port"] ?? environment["PGPORT"] ?? "5432")
        for (keyword, _) in pairs {
            switch keyword {
            case "user", "dbname", "host", "hostaddr", "password", "port", "sslmode": break
            case "sslrootcert": settings.append(("server_tls_ca_file", values[keyword] ?? ""))
            case "sslcert": settings.append(("server_tls_cert_file", values[keyword] ?? ""))
            case "sslkey": settings.append(("server_tls_key_file", values[keyword] ?? ""))
            case "connect_timeout": settings.append(("server_connect_timeout", values[keyword] ?? ""))
            default: ignored.append(keyword)
            }
        }
        if database == "pgbouncer" {
            throw DevFailure(
                message: "A database named \"pgbouncer\" cannot be pooled: that name is the admin console's.")
        }
    }

    private static func onePort(_ list: String) throws -> String {
        let ports = Set(list.split(separator: ",").map(String.init))
        guard ports.count == 1, let port = ports.first, let number = Int(port), 1...65_535 ~= number else {
            throw DevFailure(
                message: "The URI must have one port for all its hosts, from 1 to 65535; it has \(list).")
        }
        return port
    }

    /// The line of the `[databases]` section.
    var section: String {
        var line = isWholeServer ? "*" : Self.key(database)
        line += " = host=\(Self.quoted(host)) port=\(port) user=\(Self.quoted(user))"
        if !isWholeServer { line += " dbname=\(Self.quoted(database))" }
        if let password { line += " password=\(Self.quoted(password))" }
        return line
    }

    /// A value in a connection string: in single quotes, which are doubled inside.
    private static func quoted(_ value: String) -> String {
        "'\(value.replacingOccurrences(of: "'", with: "''"))'"
    }

    /// A name before the equals sign: in double quotes, which are doubled inside, unless it is plain.
    private static func key(_ name: String) -> String {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || isLetterOrDigit($0) }
        return isPlain ? name : "\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\""
    }
}

/// Whether a byte is an ASCII letter or digit.
func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}
