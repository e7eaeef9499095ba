public import PGWire

/// What is done with a message of the server.
package enum AnswerTreatment: Sendable {
    case forward
    case swallow
    /// An error that the server was made to answer with, told in the client's words.
    case rename(StatementRefusal)
    /// The server did not answer as it must: nothing more can be told about its answers.
    case disconnect
}

/// Answers while ``LinkState/hasEdits``: what the pooler has added to the requests is taken out of the answers again.
extension LinkState {
    /// The client has left, and its server still answers.
    package mutating func forgetNames() { ledger.forgetNames() }

    /// The client goes on without the server: what is not confirmed has not happened.
    package mutating func abandonEdits(_ names: inout ClientStatements, _ server: inout ServerStatements) {
        ledger.abandonAll(&names, &server)
    }

    /// Whether a message ends the answer to one extended-query message; see ``StreamPosition``.
    package static func isCounted(_ type: MessageType) -> Bool { counted.contains(type) }

    /// The types of these messages.
    @inlinable public static var counted: MessageSet {
        MessageSet().with(BackendMessage.parseComplete).with(BackendMessage.bindComplete)
            .with(BackendMessage.closeComplete).with(BackendMessage.commandComplete)
            .with(BackendMessage.portalSuspended).with(BackendMessage.emptyQueryResponse)
            .with(BackendMessage.rowDescription).with(BackendMessage.noData)
    }

    /// Decides what is done with a message of the server, which has arrived whole, except ReadyForQuery.
    package mutating func answer(
        _ type: MessageType, _ names: inout ClientStatements, _ server: inout ServerStatements
    ) -> AnswerTreatment {
        let position = counts.received
        if type == BackendMessage.errorResponse {
            let refusal = ledger.refusal(at: position)
            ledger.abandon(position.segment, &names, &server)
            return refusal.map { .rename($0) } ?? .forward
        }
        guard Self.isCounted(type) else { return .forward }
        serverSentAnswers(1)
        switch ledger.answered(position, &names, &server) {
        case .forward, .insert: return .forward
        case .swallow: return .swallow
        case .refuse: return .disconnect
        }
    }

    /// The message that the client is to be sent before the server's next one; ask until there is none.
    package mutating func nextInsertion(
        _ names: inout ClientStatements, _ server: inout ServerStatements
    ) -> MessageType? {
        ledger.nextInsertion(before: counts.received, &names, &server)
    }

    /// ReadyForQuery has come: the segment's messages have been answered.
    ///
    /// - Returns: false when some have not, so that nothing more can be told about the answers.
    package mutating func endSegment(_ names: inout ClientStatements, _ server: inout ServerStatements) -> Bool {
        !ledger.abandon(counts.received.segment, &names, &server)
    }
}
