import NIOCore
import PGConnInfo

/// The exact location of a server: one address of one host.
struct Endpoint: Sendable {
    enum Place: Sendable {
        case tcp(SocketAddress)
        /// A path, or `@` and a name for an abstract socket.
        case unix(String)
    }

    let place: Place
    /// The host name or address in the connection string; `nil` for the default socket directory.
    let host: String?
    let port: Int

    /// `connection to server at "db1" (10.0.0.1), port 5432 failed`, in libpq's words.
    var failureMessage: String {
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
