import PGWire
import RelayCore

/// A client's named prepared statements on the server that it is linked to.
extension Client {
    /// Decides what is done with a message that names a statement; see ``LinkState``.
    mutating func place(
        _ kind: StatementMessage.Kind, _ name: RawSpan, on server: inout ServerStatements, _ limits: StatementLimits,
        status: TransactionStatus, text: () -> SharedStatement
    ) -> StatementDecision {
        link.place(kind, name, &statements, &server, limits, status: status, text: text)
    }

    mutating func answer(_ type: MessageType, of server: inout ServerStatements) -> AnswerTreatment {
        link.answer(type, &statements, &server)
    }

    mutating func nextInsertion(_ server: inout ServerStatements) -> MessageType? {
        link.nextInsertion(&statements, &server)
    }

    mutating func endSegment(_ server: inout ServerStatements) -> Bool { link.endSegment(&statements, &server) }

    /// Goes on without the server.
    mutating func abandonEdits(_ server: inout ServerStatements) {
        link.abandonEdits(&statements, &server)
    }

    /// Takes the link's state from a client that leaves.
    mutating func takeLink() -> LinkState {
        var link = link
        if link.hasEdits {
            link.forgetNames()
            self.link.restart()
        }
        return link
    }
}

/// The statements of a server that finishes the requests of a client that has left.
extension Server {
    mutating func noteAnswer(_ type: MessageType, of link: inout LinkState) {
        var names = ClientStatements()
        _ = link.answer(type, &names, &statements)
        while link.nextInsertion(&names, &statements) != nil {}
    }

    mutating func endSegment(of link: inout LinkState) -> Bool {
        var names = ClientStatements()
        return link.endSegment(&names, &statements)
    }
}
