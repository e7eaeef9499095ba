import DevPostgres
import Foundation

/// The configuration that `weir dev` writes for its pooler: an ordinary pgbouncer.ini and userlist.txt.
///
/// A client that can reach the port could become the superuser of PostgreSQL, and through it run programs as the
/// developer. A loopback address keeps out other machines, but not other accounts on this one; so there is a password,
/// generated once, stored in a file that only its owner may read, and included in the printed URI.
struct DevConfiguration {
    let upstream: Upstream
    let listen: String
    let port: Int
    let poolMode: String
    let folder: StateFolder
    let password: String

    static let iniName = "weir.ini"
    static let logName = "weir.log"
    private static let passwordName = "password"

    /// Reads the folder's password, or generates one.
    static func password(in folder: StateFolder) throws -> String {
        if let kept = folder.read(passwordName)?.trimmingCharacters(in: .whitespacesAndNewlines), !kept.isEmpty {
            return kept
        }
        var random = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let password = String((0..<24).map { _ in letters[Int.random(in: letters.indices, using: &random)] })
        try folder.write("\(password)\n", to: passwordName)
        return password
    }

    /// Writes both files and returns the path of the ini.
    func write() throws -> String {
        try folder.write("\(Self.listed(upstream.user)) \(Self.listed(password))\n", to: "userlist.txt")
        try folder.write(ini, to: Self.iniName)
        return "\(folder.path)/\(Self.iniName)"
    }

    var ini: String {
        var settings: [(String, String)] = [
            ("listen_addr", listen),
            ("listen_port", String(port)),
            ("unix_socket_dir", ""),
            ("auth_type", "scram-sha-256"),
            ("auth_file", "\(folder.path)/userlist.txt"),
            ("admin_users", upstream.user),
            ("pool_mode", poolMode),
            ("follow_session", "statements"),
            ("max_client_conn", "1000"),
            ("default_pool_size", "20"),
            ("ignore_startup_parameters", "extra_float_digits"),
            ("logfile", "\(folder.path)/\(Self.logName)"),
        ]
        if let sslmode = upstream.sslmode { settings.append(("server_tls_sslmode", sslmode)) }
        settings += upstream.settings.map { ($0.name, $0.value) }
        let lines = settings.map { "\($0.0) = \($0.1)" }.joined(separator: "\n")
        return """
            ; Written by "weir dev" at every start: changes are lost.
            [databases]
            \(upstream.section)

            [pgbouncer]
            \(lines)

            """
    }

    /// The connection URI for applications.
    var uri: String { uri(of: upstream.database) }

    /// The connection URI of the admin console.
    var consoleURI: String { uri(of: "pgbouncer") }

    private func uri(of database: String) -> String {
        let isEverywhere = ["*", "0.0.0.0", "::"].contains(listen)
        let host = isEverywhere ? "127.0.0.1" : listen.contains(":") ? "[\(listen)]" : listen
        return "postgresql://\(Self.encoded(upstream.user)):\(password)@\(host):\(port)/\(Self.encoded(database))"
    }

    /// A name or password in userlist.txt: in double quotes, which are doubled inside.
    private static func listed(_ text: String) -> String {
        "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
    }

    /// A component of a URI, percent-encoded; RFC 3986 section 2.3 lists the characters that stay.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            isLetterOrDigit(byte) || "-._~".utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }.joined()
    }
}
