import IOEngine
import PGWire
import PoolCore
import RelayCore

/// What servers report after their log-in, for the clients that log in later.
extension Worker where Engine: ~Copyable {
    /// A server has reported a parameter.
    ///
    /// While a client uses the server, the client may have set it, which says nothing about the pool; what no client can
    /// set holds nevertheless. What comes with the pooler's own queries, or unasked, is the server's own doing.
    mutating func learn(_ parameter: ParameterStatus, _ slot: Slot<Server>) {
        switch servers[slot].use {
        case .idle, .errand(.resetting), .errand(.checking): break
        case .linked, .draining, .closing, .errand(.settingParameters):
            guard WelcomeParameters.isFact(parameter.name) else { return }
        // Not logged in: everything it has reported is taken over when it is.
        case .errand(.connecting), .errand(.loggingIn), .errand(.connectQuery): return
        }
        let (id, pool, names) = (servers[slot].id, servers[slot].pool, live.tracked)
        withBook { book, _ in book.learn(parameter, from: id, of: pool, names: names) }
    }
}
