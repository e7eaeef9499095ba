/// The far side of a connection in a simulation: a client of the pooler, or a PostgreSQL server.
///
/// An actor of the test; its callbacks run when virtual time brings them. Everything it does to the connection, it does
/// with the ``SimulatedConnection`` it is handed.
package protocol SimulatedPeer: AnyObject {
    /// The connection stands. A client may send from here on, before the pooler has accepted it.
    func connected(_ connection: SimulatedConnection)

    /// Bytes arrived: any part of what was sent, in order, never empty.
    func received(_ bytes: [UInt8], on connection: SimulatedConnection)

    /// The pooler closed its end; nothing more will be called.
    func closed(_ connection: SimulatedConnection)

    /// The connection was refused or reset (`errno`); nothing more will be called.
    func failed(_ error: Int32, on connection: SimulatedConnection)
}

/// How an address answers those who connect to it.
package enum SimulatedService {
    /// Every connection gets a peer of its own.
    case accepting(() -> any SimulatedPeer)
    /// Accepts after a time.
    case slow(Duration, () -> any SimulatedPeer)
    /// Answers ECONNREFUSED.
    case refusing
    /// Never answers, as behind a firewall that drops packets.
    case silent
}
