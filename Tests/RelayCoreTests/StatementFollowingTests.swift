import PGWire
import RelayCore
import SeededChance
import Testing

/// One client and one server, and what passes between them.
///
///     Pa1  Parse of text 1 under the name a      P   the same of the unnamed statement    <1 <2 <3 <C <E <Z  answers
///     Ba Da Ca  Bind, Describe, Close of a       B D E S Q  other messages
///
/// A message of the client gives the messages that the server gets, with numbers for names (`Close, Parse and Bind of
/// 1` are `C1 P1 B1`); `=3` says that the client is answered so, `?` that the message waits, `-` that it is dropped,
/// `!` that it is refused, `X` that the client is ended. An answer gives what the client gets of it, and what is
/// inserted after it.
private struct Conversation {
    var link = LinkState()
    var names = ClientStatements()
    var server = ServerStatements()
    var registry = StatementRegistry()
    var limits = StatementLimits(perServer: 2, answersErrors: true)
    var status = TransactionStatus.idle

    mutating func hear(_ word: Substring) -> [String] {
        let type = MessageType(rawValue: word.utf8.first ?? 0)
        guard word.first != "<" else { return answer(MessageType(rawValue: word.utf8.last ?? 0)) }
        let name = Array(word.dropFirst().utf8.prefix(1))
        guard !name.isEmpty else {
            _ = link.clientSent(type)
            return [String(word)]
        }
        let kind: StatementMessage.Kind =
            switch word.first {
            case "P": .parse
            case "B": .bind
            case "D": .describe
            default: .close
            }
        var registry = registry
        let text = Array(word.utf8.dropFirst(2))
        let decision = unsafe name.withUnsafeBytes { bytes in
            unsafe link.place(kind, bytes.bytes, &names, &server, limits, status: status) { registry.statement(text) }
        }
        self.registry = registry
        return told(decision, kind, word) + insertions()
    }

    private mutating func told(
        _ decision: StatementDecision, _ kind: StatementMessage.Kind, _ word: Substring
    ) -> [String] {
        let letter = word.prefix(1)
        return switch decision {
        case .wait: ["?"]
        case .skip: ["-"]
        case .rename(let statement, let preparation): sent(preparation) + ["\(letter)\(number(statement))"]
        case .prepare(let preparation): sent(preparation)
        case .answerLocally: []
        case .forwardClose: ["C"]
        case .refuseUnknown: ["!"]
        case .refuseDuplicate(let statement, let preparation): sent(preparation) + ["!\(number(statement))"]
        case .disconnectUnknown, .disconnectDuplicate, .disconnectExcess, .disconnectDoubtful: ["X"]
        }
    }

    private func sent(_ preparation: Preparation?) -> [String] {
        guard let preparation else { return [] }
        return preparation.closing.map { "C\(number($0))" } + ["P\(number(preparation.statement))"]
    }

    private func number(_ statement: SharedStatement) -> String { String(decoding: statement.body, as: UTF8.self) }

    private mutating func answer(_ type: MessageType) -> [String] {
        let letter = String(UnicodeScalar(type.rawValue))
        if type == BackendMessage.readyForQuery {
            let isCertain = link.endSegment(&names, &server)
            guard link.serverSentReadyForQuery(), isCertain else { return ["X"] }
            return ["Z"] + insertions()
        }
        let treatment = link.answer(type, &names, &server)
        link.serverSent(type)
        let told: [String] =
            switch treatment {
            case .forward: [letter]
            case .swallow: []
            case .rename(let refusal): ["E:\(String(decoding: refusal.name, as: UTF8.self))"]
            case .disconnect: ["X"]
            }
        return told + insertions()
    }

    private mutating func insertions() -> [String] {
        var found: [String] = []
        while let type = link.nextInsertion(&names, &server) { found.append("=\(UnicodeScalar(type.rawValue))") }
        return found
    }
}

@Suite struct StatementFollowingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [String]

        init(_ name: String, _ steps: [String]) {
            self.name = name
            self.steps = steps
        }

        var testDescription: String { name }
    }

    private func check(_ row: Row, _ conversation: Conversation = Conversation()) {
        var conversation = conversation
        for step in row.steps {
            let halves = step.split(separator: "|", omittingEmptySubsequences: false)
            let heard = halves[0].split(separator: " ").flatMap { conversation.hear($0) }
            let expected = halves[1].split(separator: " ").joined(separator: " ")
            #expect(heard.joined(separator: " ") == expected, "\(row.name): \(step)")
        }
    }

    @Test(arguments: [
        Row("a statement is prepared and used", ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Ba E S | B1 E S"]),
        Row(
            "another name for the same text needs no server",
            ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Pb1 Bb E S | =1 B1 E S"]),
        Row(
            "a message that is answered locally after others waits for them",
            ["Pa1 | C1 P1", "Pb1 | ", "<3 | ", "<1 | 1 =1"]),
        Row("Close", ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Ca S | =3 S", "<Z | Z", "Ba | !", "<E | E:a"]),
        Row("Close of nothing", ["Ca S | =3 S", "<Z | Z"]),
        Row("a name that stands for nothing", ["Ba E S | ! E S", "<E <Z | E:a Z", "Da S | ! S"]),
        Row("a name that is taken", ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Pa2 S | !1 S", "<E <Z | E:a Z", "Ba | B1"]),
        Row("a name that is taken, and the text is wrong", ["Pa1 Pa2 S | C1 P1 !1 S", "<3 <1 <E <Z | 1 E:a Z"]),
        Row(
            "a Parse that fails",
            ["Pa1 Ba S | C1 P1 B1 S", "<3 <E <Z | E Z", "Ba | !", "<E | E:a", "S <Z | S Z", "Pa1 | C1 P1"]),
        Row("a Parse that is skipped after an error", ["P Pa1 S | P C1 P1 S", "<E <Z | E Z", "Pa1 | C1 P1"]),
        Row(
            "a Close that is skipped", ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "P Ca S | P S", "<E <Z | E Z", "Ba | B1"]),
        Row(
            "Close and Parse that are skipped",
            ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "P Ca Pa2 S | P C2 P2 S", "<E <Z | E Z", "Ba | B1"]),
        Row(
            "after the error messages are dropped",
            ["P H | P H", "<E | E", "Pa1 Ba Ca Da S | - - - - S", "<Z | Z", "Ba | !"]),
        Row(
            "the least recently used statement is closed",
            [
                "Pa1 Pb2 S | C1 P1 C2 P2 S", "<3 <1 <3 <1 <Z | 1 1 Z",
                "Ba Pc3 | B1 C3 C2 P3", "<2 <3 <3 <1 | 2 1",
            ]),
        Row(
            "the eviction is skipped",
            [
                "Pa1 Pb2 S | C1 P1 C2 P2 S", "<3 <1 <3 <1 <Z | 1 1 Z", "P Pc3 S | P C3 C1 P3 S",
                "<E <Z | E Z", "Ba Bb | B1 B2",
            ]),
        Row("a name that waits for an earlier batch", ["Pa1 S | C1 P1 S", "Ba | ?", "<3 <1 <Z | 1 Z", "Ba | B1"]),
        Row(
            "a statement that waits for an earlier batch",
            ["Pa1 S | C1 P1 S", "Pb1 | ?", "<3 <E <Z | E Z", "Pb1 | C1 P1"]),
        Row(
            "another name does not wait",
            ["Pa1 S | C1 P1 S", "Pb2 S | C2 P2 S", "<3 <1 <Z <3 <1 <Z | 1 Z 1 Z", "Ba Bb | B1 B2"]),
        Row("after a query in a pipeline", ["Q Pa1 S | Q C1 P1 S", "<T <C <Z | T C Z", "<3 <1 <Z | 1 Z"]),
        Row(
            "a local answer after a query in a pipeline",
            ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Q Pb1 S | Q S", "<C <Z | C Z =1", "<Z | Z"]),
        Row(
            "rows do not count",
            ["Pa1 Ba D E Ca S | C1 P1 B1 D E S", "<3 <1 <2 <T <D <D <C | 1 2 T D D C =3", "<Z | Z"]),
        Row("Describe has one answer", ["Pa1 Da Ca S | C1 P1 D1 S", "<3 <1 <t <n | 1 t n =3"]),
        Row(
            "COPY in one batch, with an early Sync",
            [
                "Pa1 Ba E S | C1 P1 B1 E S", "<3 <1 <2 <G | 1 2 G", "c Pb2 S | c C2 P2 S",
                "<C <3 <1 <Z | C 1 Z", "Bb | B2",
            ]),
        Row("an answer that cannot be", ["Pa1 Pa2 S | C1 P1 !1 S", "<3 <1 <1 | 1 X"]),
        Row("too few answers", ["Pa1 S | C1 P1 S", "<Z | X"]),
    ])
    func `What is sent to the server, and what the client is told`(_ row: Row) { check(row) }

    @Test func `A client that is owed many answers is answered by the server`() {
        var conversation = Conversation()
        _ = ["Pa1", "S", "<3", "<1", "<Z", "Q"].map { conversation.hear($0[...]) }
        let closes = (0..<300).flatMap { _ in conversation.hear("Cb") }
        #expect(closes == Array(repeating: "C", count: 300 - 256))
        #expect(conversation.hear("Pb1") == ["C1", "P1"])
        _ = conversation.hear("S")
        #expect(conversation.hear("<Z").count == 1 + 256)
        let answers = (0..<44).flatMap { _ in conversation.hear("<3") }
        #expect(answers == Array(repeating: "3", count: 44))
        check(Row("the rest", ["<3 <1 <Z | 1 Z", "Bb | B1"]), conversation)
    }

    @Test func `As PgBouncer, a wrong name ends the client`() {
        var conversation = Conversation()
        conversation.limits.answersErrors = false
        check(Row("unknown", ["Ba | X"]), conversation)
        check(Row("taken", ["Pa1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Pa1 | X"]), conversation)
        check(Row("Close of nothing", ["Ca S | =3 S"]), conversation)
    }

    @Test func `In a failed transaction PostgreSQL decides whether a text can be prepared`() {
        var conversation = Conversation()
        _ = ["Pa1", "S", "<3", "<1", "<Z"].map { conversation.hear($0[...]) }
        conversation.status = .failed
        check(Row("failed", ["Pb1 S | C1 P1 S", "<3 <E <Z | E Z", "Bb | !"]), conversation)
        check(Row("rollback", ["Pb1 S | C1 P1 S", "<3 <1 <Z | 1 Z", "Ba Bb | B1 B1"]), conversation)
    }

    @Test func `A client may not fill the memory`() {
        var conversation = Conversation()
        conversation.limits.sizePerClient = 800
        check(
            Row("sizes", ["Pa1 Pb2 Pc3 S | C1 P1 C2 P2 C3 C1 P3 S", "<3 <1 <3 <1 <3 <3 <1 <Z | 1 1 1 Z", "Pd4 | X"]),
            conversation)
        check(Row("closing", ["Pa1 Pb2 Pc3 Ca Pd4 | C1 P1 C2 P2 C3 C1 P3 C4 C2 P4"]), conversation)
    }

    @Test func `A statement whose plan has become unusable is prepared again, on every server`() {
        var conversation = Conversation()
        _ = ["Pa1", "S", "<3", "<1", "<Z"].map { conversation.hear($0[...]) }
        var other = conversation
        conversation.server.invalidate(usedIn: 0)
        check(Row("here", ["Ba | C1 P1 B1", "<3 <1 <2 | 2"]), conversation)
        other.link.restart()
        check(Row("elsewhere", ["Ba | C1 P1 B1", "Ba | B1"]), other)
    }

    @Test func `What the server drops, it is given again`() {
        var conversation = Conversation()
        _ = ["Pa1", "S", "<3", "<1", "<Z"].map { conversation.hear($0[...]) }
        conversation.server.removeAll()
        #expect(conversation.server.count == 0)
        check(Row("server only", ["Ba | C1 P1 B1"]), conversation)
        conversation.names.removeAll()
        #expect(conversation.names.count == 0)
        #expect(conversation.names.size == 0)
        check(Row("both", ["Ba | !"]), conversation)
    }

    @Test func `When the client goes on without its server, nothing unconfirmed has happened`() {
        var conversation = Conversation()
        _ = ["Pa1", "S", "<3", "<1", "<Z"].map { conversation.hear($0[...]) }
        _ = ["Ca", "Pb2"].map { conversation.hear($0[...]) }
        #expect(conversation.names.count == 1)
        conversation.link.abandonEdits(&conversation.names, &conversation.server)
        #expect(!conversation.link.hasEdits)
        conversation.link.restart()
        conversation.server = ServerStatements()
        check(Row("another server", ["Bb | !"]), conversation)
    }
}

@Suite struct StatementTablesTests {
    @Test func `The registry keeps no text that nobody uses`() {
        var registry = StatementRegistry()
        let kept = registry.statement(Array("kept".utf8))
        for number in 0..<20_000 {
            _ = registry.statement(Array("select \(number)".utf8) + Array(repeating: 0, count: 100))
        }
        #expect(registry.count < 8_000)
        #expect(registry.statement(Array("kept".utf8)) === kept)
    }

    @Test func `Two clients that use one name are found once`() {
        var names = SharedNames()
        func note(_ name: String, _ client: UInt64) -> Bool {
            names.note(Array(name.utf8), client: client)
        }
        #expect(!note("a", 1) && !note("a", 1) && !note("b", 2) && !names.isDone)
        #expect(note("a", 2) && names.isDone)
        #expect(!note("a", 3) && !note("b", 1))
    }

    @Test func `A text has one statement, and a statement one name on servers`() {
        var registry = StatementRegistry()
        let one = registry.statement([1])
        let two = registry.statement([2])
        #expect(registry.statement([1]) === one)
        #expect(one.serverName != two.serverName)
        #expect(String(decoding: one.serverName, as: UTF8.self).hasPrefix("PGBOUNCER_"))
    }

    /// Histories of names against a dictionary.
    @Test(arguments: 0..<50) func `Names stand for what they were last given`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var registry = StatementRegistry()
        var names = ClientStatements()
        var model: [[UInt8]: SharedStatement] = [:]
        for step in 0..<400 {
            let name = (0..<Int.random(in: 1...2, using: &random)).map { _ in UInt8.random(in: 97...103, using: &random)
            }
            let statement =
                Bool.random(using: &random) ? registry.statement([UInt8.random(in: 0...9, using: &random)]) : nil
            let change = unsafe name.withUnsafeBytes {
                unsafe names.set($0.bytes, to: statement, segment: UInt32(step))
            }
            if Bool.random(using: &random) {
                names.confirm(change)
                model[name] = statement
            } else {
                names.undo(change)
            }
            #expect(names.count == model.count)
        }
        for first in UInt8(97)...103 {
            let name = [first]
            let found = unsafe name.withUnsafeBytes { bytes in
                unsafe names.find(bytes.bytes).flatMap { names[$0]?.statement }
            }
            #expect(found === model[name])
        }
    }
}
