import NIOCore
import PGConnInfo

/// Where exactly a server is: one address of one host.
struct Endpoint: Sendable {
    enum Place: Sendable {
        case tcp(SocketAddress)
        /// A path, with `@` in front for an abstract socket.
        case unix(String)
    }

    let place: Place
    /// What the connection string calls the host, or its address; `nil` for the default socket directory.
    let host: String?
    let port: Int

    /// `connection to server at "db1" (10.0.0.1), port 5432 failed`, as libpq says it.
    var complaint: String {
        switch place {
        case .unix(let path): return "connection to server on socket \"\(path)\" failed"
        case .tcp(let address):
            let numeric = address.ipAddress ?? "?"
            let host = host ?? numeric
            let shown = host == numeric ? "" : " (\(numeric))"
            return "connection to server at \"\(host)\"\(shown), port \(port) failed"
        }
    }

    /// `db1:5432`, `[::1]:5432`, or the path of the socket.
    var description: String {
        switch place {
        case .unix(let path): return path
        case .tcp(let address):
            let host = host ?? address.ipAddress ?? "?"
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
