/// The far side of a connection in a simulation: a client of the pooler, or a PostgreSQL server.
///
/// An actor of the test; its callbacks run in virtual time. It acts on the connection through the
/// ``SimulatedConnection`` it receives.
package protocol SimulatedPeer: AnyObject {
    /// The connection is established. A client may send from now on, before the pooler has accepted it.
    func connected(_ connection: SimulatedConnection)

    /// Bytes arrived: any part of what was sent, in order, never empty.
    func received(_ bytes: [UInt8], on connection: SimulatedConnection)

    /// The pooler closed its end; no further callback follows.
    func closed(_ connection: SimulatedConnection)

    /// The connection was refused or reset (`errno`); no further callback follows.
    func failed(_ error: Int32, on connection: SimulatedConnection)
}

/// How an address answers connections.
package enum SimulatedService {
    /// Accepts; every connection gets its own peer.
    case accepting(() -> any SimulatedPeer)
    /// Accepts after a delay.
    case slow(Duration, () -> any SimulatedPeer)
    /// Answers ECONNREFUSED.
    case refusing
    /// Never answers, like a firewall that drops packets.
    case silent
}
