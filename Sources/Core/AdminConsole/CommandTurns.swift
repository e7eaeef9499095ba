/// Which console client's command a worker runs next, and how much it does for all of them before it serves other
/// clients again.
///
/// A console client may send commands without end and read no answer. Each client gets one command at a time, in the
/// order they asked; a client that has not taken its last answer should not ask.
package struct CommandTurns<Client: Hashable & Sendable>: Sendable {
    /// Commands that a worker runs between two looks at its other clients.
    package static var commandsPerTurn: Int { 1 }
    /// Bytes of answers that clients of one worker may leave unread. Beyond it those that have left one for longest are
    /// disconnected.
    package static var mostUnread: Int { 16 * 1024 * 1024 }

    private var queue: [Client] = []
    private var members: Set<Client> = []
    private var commands = 0
    /// In the order in which they stopped reading.
    private var unread: [(client: Client, bytes: Int)] = []
    private var totalUnread = 0

    package init() {}

    /// Whether no client asks for anything.
    package var isIdle: Bool { queue.isEmpty }

    /// The client has a command. A client that asks twice has one place.
    package mutating func ask(_ client: Client) {
        if members.insert(client).inserted { queue.append(client) }
    }

    package mutating func beginTurn() {
        commands = 0
    }

    /// The client whose command is to be run now; `nil` when none asks or enough has been done.
    package mutating func next() -> Client? {
        guard !queue.isEmpty, commands < Self.commandsPerTurn else { return nil }
        commands += 1
        let client = queue.removeFirst()
        members.remove(client)
        return client
    }

    /// The client has not taken its answer.
    ///
    /// - Returns: the clients to disconnect, if too much is unread: never this one, whose answer may have any length.
    package mutating func leftUnread(_ client: Client, bytes count: Int) -> [Client] {
        wasRead(client)
        unread.append((client, count))
        totalUnread += count
        var slowest: [Client] = []
        while totalUnread > Self.mostUnread, let first = unread.first, first.client != client {
            wasRead(first.client)
            slowest.append(first.client)
        }
        return slowest
    }

    /// The client has taken its answer, or is gone.
    package mutating func wasRead(_ client: Client) {
        guard let index = unread.firstIndex(where: { $0.client == client }) else { return }
        totalUnread -= unread.remove(at: index).bytes
    }
}
