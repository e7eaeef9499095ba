import DequeModule
import PGWire

/// What is to be done with answers that are not simply passed on, in the order in which they come.
///
/// The pooler adds messages to a client's requests (Parse where a server lacks the statement, Close where it has too
/// many), whose answers are swallowed; and it answers some messages itself (Parse of a statement that the server has,
/// Close), which is inserted between the server's answers. Each entry carries the change that its message makes to the
/// tables of statements: the answer confirms it, and an error, after which the server skips everything up to Sync,
/// undoes it.
package struct AnswerLedger: Sendable {
    enum Treatment: Sendable {
        case forward
        case swallow
        /// A message without a body goes to the client before the answer at this position.
        case insert(MessageType)
        /// The server was made to refuse the message; the error names what it was made to refuse instead of what the
        /// client named.
        case refuse(StatementRefusal)
    }

    enum Change: Sendable {
        case none
        case name(ClientStatements.Change)
        case prepare(Int32)
        case close(Int32)
    }

    private struct Entry {
        let position: StreamPosition
        let treatment: Treatment
        let change: Change
    }

    private var entries: Deque<Entry> = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    mutating func append(_ position: StreamPosition, _ treatment: Treatment, _ change: Change) {
        entries.append(Entry(position: position, treatment: treatment, change: change))
    }

    mutating func removeAll() { entries.removeAll() }

    /// The client has left: its names no longer matter, what its server has prepared does.
    mutating func forgetNames() {
        entries = Deque(
            entries.map { entry in
                if case .name = entry.change {
                    Entry(position: entry.position, treatment: entry.treatment, change: .none)
                } else {
                    entry
                }
            })
    }

    /// The server has answered the message at this position.
    ///
    /// - Returns: what is done with the answer.
    mutating func answered(
        _ position: StreamPosition, _ names: inout ClientStatements, _ server: inout ServerStatements
    ) -> Treatment {
        var result = Treatment.forward
        while let entry = entries.first, entry.position == position {
            if case .insert = entry.treatment { break }
            if case .forward = entry.treatment {} else { result = entry.treatment }
            confirm(entry.change, &names, &server)
            entries.removeFirst()
        }
        return result
    }

    /// The message to insert before the answer at this position, if there is one.
    mutating func nextInsertion(
        before position: StreamPosition, _ names: inout ClientStatements, _ server: inout ServerStatements
    ) -> MessageType? {
        guard let entry = entries.first, entry.position == position, case .insert(let type) = entry.treatment else {
            return nil
        }
        confirm(entry.change, &names, &server)
        entries.removeFirst()
        return type
    }

    /// The refusal that an error at this position answers, if that was provoked.
    func refusal(at position: StreamPosition) -> StatementRefusal? {
        guard let entry = entries.first, entry.position == position, case .refuse(let refusal) = entry.treatment else {
            return nil
        }
        return refusal
    }

    /// An error, or the end of the segment: what has not been answered of it will not be.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    mutating func abandon(
        _ segment: UInt32, _ names: inout ClientStatements, _ server: inout ServerStatements
    ) -> Bool {
        let count = entries.prefix { $0.position.segment == segment }.count
        guard count > 0 else { return false }
        for entry in entries.prefix(count).reversed() { undo(entry.change, &names, &server) }
        entries.removeFirst(count)
        return true
    }

    /// The server is given up: nothing more will be answered.
    mutating func abandonAll(_ names: inout ClientStatements, _ server: inout ServerStatements) {
        while let entry = entries.popLast() { undo(entry.change, &names, &server) }
    }

    private func confirm(_ change: Change, _ names: inout ClientStatements, _ server: inout ServerStatements) {
        switch change {
        case .none: break
        case .name(let change): names.confirm(change)
        case .prepare(let index), .close(let index): server.confirm(index)
        }
    }

    private func undo(_ change: Change, _ names: inout ClientStatements, _ server: inout ServerStatements) {
        switch change {
        case .none: break
        case .name(let change): names.undo(change)
        case .prepare(let index): server.undoPrepare(index)
        case .close(let index): server.undoClose(index)
        }
    }
}

/// A message about a statement that PostgreSQL was made to refuse.
package struct StatementRefusal: Equatable, Sendable {
    /// The name in the server's error.
    package let serverName: [UInt8]
    /// The client's name for it.
    package let name: [UInt8]
}
