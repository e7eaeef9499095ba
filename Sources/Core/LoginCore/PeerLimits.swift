/// How much a peer may send, or make the pooler do, before it is logged in.
///
/// Every limit is for one connection and for the sum of what is sent, so the memory of a log-in is bounded whatever the
/// messages are. The time is bounded by settings: `client_login_timeout`, `server_connect_timeout`.
package enum PeerLimits {
    // MARK: - Clients

    /// Requests for encryption that a client may make. libpq makes one of each kind.
    package static let encryptionRequests = 4

    /// The length word of a password message: a password of PostgreSQL's greatest length, and the word itself. A password
    /// that is a little too long is a wrong one; longer messages are not passwords.
    package static let passwordMessage = 65_535 + 4

    /// Bytes that have arrived from a client and wait to be handled: a whole password message and one received piece
    /// after it. A client that has to wait is not read, so only bytes that were on their way are added.
    package static let clientBytes = 256 * 1024

    // MARK: - Servers

    /// Everything that a server may send from the start-up message to ReadyForQuery. PostgreSQL sends less than 2 KiB;
    /// the rest is for notices of log-in triggers.
    package static let serverBytes = 1024 * 1024

    /// The ParameterStatus messages among them. They are kept for each pool and sent to each client.
    package static let parameterBytes = 64 * 1024

    /// BackendKeyData: process ID and secret. Eight bytes in protocol 3.0, at most 4 + 256 in 3.2.
    package static let cancelKeyBytes = 8...260

    // MARK: - Both

    /// SCRAM iterations that are computed on behalf of a peer or a stored secret: about a second of work on a thread of
    /// its own. PostgreSQL's default is 4,096.
    package static let scramIterations = 10_000_000
}
