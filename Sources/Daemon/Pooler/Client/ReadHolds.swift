import IOEngine

/// The reasons why a client is not read at present; it is read when there is none.
struct ReadHolds: OptionSet {
    let rawValue: UInt8

    /// It waits for a server: its next request can wait with its sender.
    static let awaitingServer = ReadHolds(rawValue: 1)
    /// Its server is being given its parameters.
    static let settingParameters = ReadHolds(rawValue: 2)
    /// Its server has not taken everything that it sent.
    static let serverCongested = ReadHolds(rawValue: 4)
    /// It has not taken its last answer: without this, the answers to further requests would pile up.
    static let answersUntaken = ReadHolds(rawValue: 8)
    /// It is logged in and waits to learn the server's parameters.
    static let awaitingWelcome = ReadHolds(rawValue: 16)
    /// Its password is being hashed.
    static let hashingPassword = ReadHolds(rawValue: 32)
    /// It has sent the console a command that is not answered yet.
    static let awaitingConsole = ReadHolds(rawValue: 64)
    /// An answer that is on its way decides what its next message means.
    static let awaitingAnswer = ReadHolds(rawValue: 128)
}

extension Worker where Engine: ~Copyable {
    /// Stops reading a client until the reason is gone. Its end is still noticed.
    mutating func hold(_ slot: Slot<Client>, for reason: ReadHolds) {
        let wasRead = clients[slot].readHolds.isEmpty
        clients[slot].readHolds.insert(reason)
        if wasRead { engine.pause(clients[slot].socket, watchingForClose: true) }
    }

    /// Takes a reason away, and reads the client if it was the last.
    @inline(__always)
    mutating func release(_ slot: Slot<Client>, from reason: ReadHolds) {
        guard !clients[slot].readHolds.isDisjoint(with: reason) else { return }
        clients[slot].readHolds.subtract(reason)
        if clients[slot].readHolds.isEmpty { engine.resume(clients[slot].socket) }
    }
}
