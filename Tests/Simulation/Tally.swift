/// How often things happened in a history: a simulation in which nothing happens finds nothing.
struct Tally {
    enum Event: String, CaseIterable {
        case serverOpened, serverDied, handOver, loginRefused, cancelDelivered
        case reload, move, reconnect, pause, kill
        /// A client has the rest of its answer after closing its sending side.
        case halfClosedAnswer
        /// A client has sent Terminate after a statement, and the statement has run to its end.
        case drained
        /// A client has used a named statement, got an error about a name, and had all of its statements dropped.
        case statementNamed, statementMisnamed, statementsDropped
        /// A client has sent a message that cannot be.
        case garbage
        /// A client has left within a message.
        case tornLeaving
        /// A client has received the error that its statement is cancelled, and no server has seen the statement.
        case cancelledBeforeRunning
        case passwordAccepted, unixClient
    }

    private(set) var counts: [Event: Int] = [:]

    mutating func count(_ event: Event) { counts[event, default: 0] += 1 }

    mutating func add(_ other: Tally) { counts.merge(other.counts, uniquingKeysWith: +) }

    subscript(_ event: Event) -> Int { counts[event] ?? 0 }
}
