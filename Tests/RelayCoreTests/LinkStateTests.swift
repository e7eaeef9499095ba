import PGWire
import RelayCore
import Testing

/// Conversations between a client and a server, and what is decided after them. Letters are messages of the client, `<`
/// and a letter those of the server, as in ``RequestTrackerTests``.
@Suite struct LinkStateTests {
    private func link(_ conversation: String, _ scope: LinkScope = .transaction) -> LinkState {
        var link = LinkState()
        link.scope = scope
        var isServer = false
        for character in conversation.unicodeScalars where character != " " {
            if character == "<" {
                isServer = true
                continue
            }
            let type = MessageType(rawValue: UInt8(ascii: character))
            if isServer {
                if type == BackendMessage.readyForQuery {
                    _ = link.serverSentReadyForQuery()
                } else {
                    link.serverSent(type)
                }
            } else {
                _ = link.clientSent(type)
            }
            isServer = false
        }
        return link
    }

    @Test(arguments: [
        ("a query that runs", "Q", LinkScope.transaction, TransactionStatus.idle, LinkState.Continuation.awaitAnswers),
        ("a query that is answered", "Q <Z", .transaction, .idle, .separate),
        ("the same in statement mode", "Q <Z", .statement, .idle, .separate),
        ("the same in session mode", "Q <Z", .session, .idle, .awaitSessionEnd),
        ("an open transaction", "Q <Z", .transaction, .inTransaction, .awaitTransactionEnd),
        ("a failed transaction", "Q <Z", .transaction, .failed, .awaitTransactionEnd),
        ("an open transaction of a session", "Q <Z", .session, .inTransaction, .awaitTransactionEnd),
        ("an open transaction in statement mode", "Q <Z", .statement, .inTransaction, .refuseTransaction),
        ("a failed transaction in statement mode", "Q <Z", .statement, .failed, .refuseTransaction),
        ("the first of two queries", "Q Q <Z", .statement, .idle, .awaitAnswers),
        ("a batch without its Sync", "Q P <Z", .transaction, .idle, .awaitAnswers),
        ("doubt after a COPY", "Q <G <Z", .transaction, .idle, .closeServer),
        ("doubt after a COPY in a session", "Q <G <Z", .session, .idle, .awaitSessionEnd),
    ])
    func `An answer decides whether the two stay together`(
        _ name: String, _ conversation: String, _ scope: LinkScope, _ status: TransactionStatus,
        _ expected: LinkState.Continuation
    ) {
        let link = link(conversation, scope)
        #expect(
            link.continuation(status: status, clientIsAtBoundary: true, serverIsAtBoundary: true) == expected,
            "\(name)")
        // An incomplete message in either direction keeps them together.
        #expect(
            link.continuation(status: status, clientIsAtBoundary: false, serverIsAtBoundary: true) == .awaitAnswers)
        #expect(
            link.continuation(status: status, clientIsAtBoundary: true, serverIsAtBoundary: false) == .awaitAnswers)
    }

    /// The same as PostgreSQL when its own client disconnects that way: it finishes what it has read, and commits it.
    @Test(arguments: [
        ("nothing asked", "", TransactionStatus.idle, LinkState.ServerFate.release, LinkState.ServerFate.release),
        ("an open transaction", "Q <Z", .inTransaction, .close(sendsTerminate: true, cancelsQuery: false),
            .close(sendsTerminate: true, cancelsQuery: false)),
        ("a query that runs", "Q", .idle, .drain, .close(sendsTerminate: true, cancelsQuery: true)),
        ("two queries", "Q Q", .idle, .drain, .close(sendsTerminate: true, cancelsQuery: true)),
        ("a synced batch", "P B E S", .idle, .drain, .close(sendsTerminate: true, cancelsQuery: true)),
        ("a batch without its Sync", "P B E", .idle, .awaitClose, .close(sendsTerminate: true, cancelsQuery: true)),
        ("a COPY that wants data", "Q <G", .idle, .awaitClose, .close(sendsTerminate: true, cancelsQuery: true)),
        ("a COPY whose data has ended", "Q <G d c", .idle, .drain, .close(sendsTerminate: true, cancelsQuery: true)),
        ("doubt", "Q <G <Z", .idle, .close(sendsTerminate: true, cancelsQuery: false),
            .close(sendsTerminate: true, cancelsQuery: false)),
    ])
    func `A client that leaves decides the fate of its server`(
        _ name: String, _ conversation: String, _ status: TransactionStatus, _ terminated: LinkState.ServerFate,
        _ disconnected: LinkState.ServerFate
    ) {
        let link = link(conversation)
        func fate(_ departure: LinkState.Departure, boundary: Bool = true) -> LinkState.ServerFate {
            link.fate(after: departure, status: status, clientIsAtBoundary: boundary, serverIsAtBoundary: true)
        }
        #expect(fate(.terminated) == terminated, "\(name), Terminate")
        #expect(fate(.disconnected) == disconnected, "\(name), the connection broke")
        // Terminate would complete an incomplete message.
        let isBusy = !link.requests.isSettled
        #expect(fate(.disconnected, boundary: false) == .close(sendsTerminate: false, cancelsQuery: isBusy))
        #expect(fate(.terminated, boundary: false) == .close(sendsTerminate: false, cancelsQuery: isBusy))
    }

    @Test func `A server in the middle of a message is not clean`() {
        let fate = link("Q <Z").fate(
            after: .terminated, status: .idle, clientIsAtBoundary: true, serverIsAtBoundary: false)
        #expect(fate == .close(sendsTerminate: true, cancelsQuery: false))
    }

    @Test(arguments: [
        (ResetPolicy.never, LinkScope.session, false), (.never, .transaction, false), (.afterSession, .session, true),
        (.afterSession, .transaction, false), (.afterSession, .statement, false), (.always, .session, true),
        (.always, .transaction, true), (.always, .statement, true),
    ])
    func `The reset query runs after sessions, or always`(_ policy: ResetPolicy, _ scope: LinkScope, _ expected: Bool) {
        #expect(policy.applies(after: scope) == expected)
    }
}
