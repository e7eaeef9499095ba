import PGWire
import RelayCore
import Testing

/// Conversations as they pass the pooler. A letter is a message of the client, `<` and a letter one of the server
/// (`<Z` is ReadyForQuery, and `!` one that was not requested), `=` says that all is settled, `~` that it is not,
/// `?` that the tracker is in doubt.
@Suite struct RequestTrackerTests {
    @Test(arguments: [
        ("a simple query", "= Q ~ <T ~ <D ~ <C ~ <Z ="),
        ("a simple query that fails", "Q <E ~ <Z ="),
        ("pipelined simple queries", "Q Q Q <C <Z ~ <C <Z ~ <C <Z ="),
        ("pipelined simple queries, one of which fails", "Q Q <E <Z ~ <C <Z ="),
        ("a function call", "F ~ <V ~ <Z ="),
        ("an extended query", "P ~ B ~ D ~ E ~ S ~ <1 <2 <T <D <C ~ <Z ="),
        ("pipelined extended queries", "P B E S B E S <1 <2 <C <Z ~ <2 <C <Z ="),
        ("Sync alone", "S ~ <Z ="),
        ("Flush instead of Sync", "P B E H ~ <1 <2 <C ~ S ~ <Z ="),
        ("Close alone", "C ~ S ~ <3 ~ <Z ="),
        ("an error in an extended query", "P B E S ~ <E ~ <Z ="),
        ("an error before Sync is sent", "P H <E ~ B ~ E ~ S ~ <Z ="),
        ("an error in one of two batches", "P S P S <E <Z ~ <1 <Z ="),
        ("a Query after messages that were not synced", "P B E ~ Q ~? <1 <2 <C <C <Z =?"),
        ("a simple query and an extended batch in one pipeline", "Q P B E S <C <Z ~ <1 <2 <C <Z ="),
        ("a batch begun after a query", "Q P H <C <Z ~ <1 ~ S <Z ="),
    ])
    func queries(_ name: String, _ conversation: String) { check(conversation, name) }

    @Test(arguments: [
        ("COPY out", "Q <H <d <d <c <C ~ <Z ="),
        ("COPY in by Query, as asyncpg and libpq", "Q <G ~ d d c ~ <C ~ <Z ="),
        ("CopyFail", "Q <G d f ~ <E ~ <Z ="),
        ("data sent ahead, as pgx", "Q d d c ~ <G ~ <C <Z ="),
        ("data sent ahead of two queries", "Q d c Q d c <G <C <Z ~ <G <C <Z ="),
        ("two COPYs in one query", "Q <G d c <C <G ~ d c <C ~ <Z ="),
        ("two COPYs in one query, the second's data ahead", "Q <G c d c <C <G <C <Z ="),
        ("a COPY that fails before its data", "Q <E ~ <Z ="),
        ("a COPY that fails before the data sent ahead", "Q d c <E <Z = Q <C <Z ="),
        ("an error before CopyDone", "Q <G d <E d c ~ <Z ="),
        ("an error before CopyDone, which comes late", "Q <G d <E ~ <Z = d = c ="),
        ("an error after CopyDone", "Q <G d c <E ~ <Z ="),
        ("a query after a COPY that has ended", "Q <G d c Q <C <Z ~ <C <Z ="),
        ("CopyBoth", "Q <W ~ <d d <d c ~ <c <C ~ <Z ="),
        ("the server forgets its CopyBoth", "Q <W <Z =?"),
        ("an extended message after a COPY that wants data", "Q P <G ~?"),
        ("a Sync after a COPY that wants data", "Q S <G ~?"),
        ("the end of one COPY is not that of the next", "Q d c <G <C <G <Z =?"),
        ("Flush and Sync among the data", "Q <G d H S ~ d c <C <Z ="),
        ("stray ends of data", "c = f = d = Q c ~ <C <Z ="),
        ("the server forgets its COPY", "Q <G <Z =?"),
        ("a query in the middle of COPY data", "Q <G Q ~?"),
        ("an extended message in the middle of COPY data", "Q <G P ~?"),
        ("a batch between a COPY and the end of its data", "Q P E c <G ~?"),
    ])
    func copyInSimpleQueries(_ name: String, _ conversation: String) { check(conversation, name) }

    @Test(arguments: [
        ("Sync after Execute and after CopyDone, as libpq", "P B D E S ~ <1 <2 <n <G ~ d c ~ S ~ <C ~ <Z ="),
        ("the same, refused before CopyInResponse", "P B D E S <1 <E ~ <Z ="),
        ("Sync after CopyDone only", "P B E H <1 <2 <G ~ d c ~ S ~ <C <Z ="),
        ("all sent ahead", "P B E d c S <1 <2 <G ~ <C ~ <Z ="),
        ("all sent ahead, with an early Sync", "P B E S d c S <G ~ <C ~ <Z ="),
        ("two in one batch, sent ahead", "P B E d c B E d c S <G <C ~ <G <C ~ <Z ="),
        ("two in one batch, one by one", "P B E H <G d c <C B E H <G ~ d c <C ~ S ~ <Z ="),
        ("two batches sent ahead", "P B E d c S P B E d c S <G <C <Z ~ <G ~ <C ~ <Z ="),
        ("two batches sent ahead, the first refused", "P B E d c S P B E d c S <E <Z ~ <G ~ <C ~ <Z ="),
        ("CopyFail", "P B E H <G f S <E ~ <Z ="),
        ("an error before CopyDone", "P B E H <G d <E ~ c ~ S ~ <Z ="),
        ("an error after CopyDone", "P B E H <G d c <E ~ S ~ <Z ="),
        // PostgreSQL 15: COPY to a view fails after CopyInResponse and before Sync is read, which is then answered.
        ("an early Sync and an error", "P B E S <G <E ~? <Z =?"),
        ("an early Sync and an error that the client sees late", "P B E S <G d c S <E ~? <Z =?"),
        ("an early Sync and an error between CopyDone and Sync", "P B E S <G d c <E ~? S <Z =?"),
        ("an early Sync that was ignored is forgotten", "P B E S <G d c S <C <Z = Q <E <Z = P S <E <Z ="),
        ("two early Syncs", "P B E S S <G ~ d c ~ S <C <Z ="),
        ("Flush among the data", "P B E H <G d H ~ d c ~ S <C <Z ="),
        ("a Sync among the data", "P B E H <G d S ~ d c ~ S <C <Z ="),
        ("a Query after it that cannot be read", "P B E S Q <G ~?"),
        ("the server forgets its COPY", "P B E S <G <Z =?"),
    ])
    func copyInExtendedQueries(_ name: String, _ conversation: String) { check(conversation, name) }

    @Test(arguments: [
        ("at the beginning", "<Z !"), ("a second one", "Q <Z = <Z !"), ("before Sync", "P <1 <Z !"),
        ("after stray data", "d c <Z !"),
    ])
    func anUnrequestedReadyForQueryIsReported(_ name: String, _ conversation: String) {
        check(conversation, name)
    }

    @Test func messagesThatNoClientMaySendAfterItsLogInAreRefused() {
        for byte in UInt8.min...UInt8.max {
            var tracker = RequestTracker()
            let isTaken = tracker.clientSent(MessageType(rawValue: byte))
            #expect(isTaken == "QFPBDECHSdcf".utf8.contains(byte), "type \(byte)")
        }
    }

    @Test func aDeepPipelineIsAnsweredOneByOne() {
        var tracker = RequestTracker()
        for type in ["S", "Q", "F"] as [MessageType] {
            for _ in 0..<100_000 { _ = tracker.clientSent(type) }
            var answers = 0
            while !tracker.isSettled, tracker.serverSentReadyForQuery() { answers += 1 }
            #expect(answers == 100_000)
        }
    }

    @Test func aPipelineThatNeverRunsDryKeepsItsOrder() {
        var tracker = RequestTracker()
        var unexpected = 0
        for _ in 0..<50 { _ = tracker.clientSent("S") }
        for _ in 0..<5_000 {
            _ = tracker.clientSent("Q")
            if !tracker.serverSentReadyForQuery() || tracker.isSettled { unexpected += 1 }
        }
        var answers = 0
        while !tracker.isSettled, tracker.serverSentReadyForQuery() { answers += 1 }
        #expect(answers == 50)
        #expect(unexpected == 0)
    }

    private func check(_ conversation: String, _ name: String) {
        var tracker = RequestTracker()
        var answer = true
        for (index, token) in conversation.split(separator: " ").enumerated() {
            let place = "\(name), at \(index): \(token)"
            switch token {
            case "=", "~", "=?", "~?":
                #expect(answer, "\(place)")
                #expect(tracker.isSettled == token.hasPrefix("="), "\(place)")
                #expect(tracker.isDoubtful == token.hasSuffix("?"), "\(place)")
            case "!": #expect(!answer, "\(place)")
            case "<Z": answer = tracker.serverSentReadyForQuery()
            default:
                guard let type = token.utf8.last.map(MessageType.init(rawValue:)) else { continue }
                if token.hasPrefix("<") {
                    tracker.serverSent(type)
                } else {
                    let isTaken = tracker.clientSent(type)
                    #expect(isTaken, "\(place)")
                }
            }
        }
    }
}
