import IOEngine
import PGWire

/// Draws what a client asks next, and keeps the session that a dedicated server would have.
struct ClientWork {
    struct Request {
        var name: String
        var messages: [Message]
        var isCancellable = false

        var namesStatement: Bool {
            messages.contains { $0.type == FrontendMessage.bind && $0.body.count > 1 && $0.body[1] != 0 }
        }
    }

    /// `nil` until the log-in is complete.
    var session: PostgresSession?
    /// The second half of a request, sent when the first is answered: the data of a COPY.
    var rest: Request?
    private var variables: [String: String] = [:]
    private var tokenCount = 0
    private var nameCount = 0
    /// Names that were closed, which are not used again.
    private var closed: Set<String> = []

    mutating func noteParameter(_ name: String, _ value: String) { variables[name.lowercased()] = value }

    mutating func begin(applicationName: String) {
        if !applicationName.isEmpty { variables["application_name"] = applicationName }
        session = PostgresSession(variables: variables)
    }

    // MARK: - Drawing

    mutating func next(
        client: Int, _ habits: SimulatedClient.Habits, using random: inout SeededRandom, mustFinish: Bool
    ) -> Request {
        let status = session?.status ?? .idle
        if status != .idle, mustFinish || random.happens(0.3) {
            return simple(random.happens(0.7) ? "COMMIT" : "ROLLBACK", client)
        }
        if status == .idle, habits.usesTransactions, random.happens(0.3) { return simple("BEGIN", client) }
        var kinds: [(Double, (inout ClientWork, inout SeededRandom) -> Request)] = [
            (3, { work, random in work.simple(work.echo(habits, &random), client) }),
            (0.5, { work, _ in work.simple("ERROR", client) }),
            (0.3, { work, _ in Request(name: "an empty query", messages: [work.query(" ")]) }),
            (
                0.5,
                { work, random in
                    var request = work.simple("SLEEP", client, " ms=\(random.number(in: 1...30))")
                    request.isCancellable = true
                    return request
                }
            ),
            (
                0.5,
                { work, random in
                    Request(
                        name: "two statements",
                        messages: [
                            work.query(
                                work.text("ECHO rows=1", client) + "; " + work.text(work.echo(habits, &random), client))
                        ])
                }
            ),
        ]
        if habits.usesParameters {
            kinds.append((0.5, { work, random in work.setting(client, &random) }))
            kinds.append((0.7, { work, random in work.show(client, &random) }))
        }
        if habits.usesNamedStatements {
            kinds.append((0.1, { work, _ in work.droppingStatements() }))
        }
        if habits.usesExtended { kinds.append((3, { work, random in work.batch(client, habits, &random) })) }
        if habits.usesCopy {
            kinds.append((0.5, { work, random in work.copyIn(client, habits, &random) }))
            kinds.append(
                (
                    0.5,
                    { work, random in
                        work.simple(
                            "COPYOUT", client,
                            " rows=\(random.number(in: 0...5)) bytes=\(random.length(upTo: habits.mostBytes))")
                    }
                ))
        }
        if habits.usesPipelines {
            kinds.append((1, { work, random in work.pipeline(client, habits, &random) }))
        }
        let total = kinds.reduce(0) { $0 + $1.0 }
        var point = Double(random.number(in: 0...1_000_000)) / 1_000_000 * total
        for (weight, draw) in kinds {
            point -= weight
            if point <= 0 { return draw(&self, &random) }
        }
        return simple("ECHO", client, " rows=1")
    }

    private mutating func token(_ client: Int) -> String {
        tokenCount += 1
        return "c\(client)q\(tokenCount)"
    }

    /// Puts a new token after the verb.
    private mutating func text(_ sql: String, _ client: Int) -> String {
        let verb = sql.prefix { $0 != " " }
        return "\(verb) \(token(client))\(sql.dropFirst(verb.count))"
    }

    private func query(_ sql: String) -> Message {
        Message(type: FrontendMessage.query, body: Array(sql.utf8) + [0])
    }

    private mutating func simple(_ verb: String, _ client: Int, _ options: String = "") -> Request {
        let sql = text(verb + options, client)
        return Request(name: sql.prefix(60) + "", messages: [query(sql)])
    }

    private mutating func echo(_ habits: SimulatedClient.Habits, _ random: inout SeededRandom) -> String {
        let padding = String(repeating: "x", count: random.happens(0.2) ? random.length(upTo: habits.mostBytes) : 0)
        return "ECHO rows=\(random.number(in: 0...4)) bytes=\(random.length(upTo: habits.mostBytes)) \(padding)"
    }

    // MARK: - Parameters

    private mutating func setting(_ client: Int, _ random: inout SeededRandom) -> Request {
        let value = token(client)
        let sql = random.happens(0.7) ? "SET application_name = '\(value)'" : "SET timezone TO '\(value)'"
        return Request(name: sql, messages: [query(sql)])
    }

    /// What was set must still hold, whichever server answers.
    private mutating func show(_ client: Int, _ random: inout SeededRandom) -> Request {
        let sql = "SHOW \(random.happens(0.7) ? "application_name" : "timezone") \(token(client))"
        return Request(name: sql, messages: [query(sql)])
    }

    // MARK: - Extended queries

    private mutating func batch(
        _ client: Int, _ habits: SimulatedClient.Habits, _ random: inout SeededRandom
    ) -> Request {
        var messages: [Message] = []
        for _ in 0..<random.number(in: 1...3) { messages += execution(client, habits, &random) }
        messages.append(sync)
        return Request(name: "a batch up to \(tokenCount)", messages: messages)
    }

    private mutating func execution(
        _ client: Int, _ habits: SimulatedClient.Habits, _ random: inout SeededRandom
    ) -> [Message] {
        if habits.usesNamedStatements, random.happens(0.6) { return named(client, habits, &random) }
        var messages = [parse("", sql(habits, &random))]
        if random.happens(0.2) { messages.append(describe("S", "")) }
        return messages + running("", client, &random)
    }

    private mutating func sql(_ habits: SimulatedClient.Habits, _ random: inout SeededRandom) -> String {
        random.happens(0.15)
            ? "ERROR $1" : "ECHO $1 rows=\(random.number(in: 0...3)) bytes=\(random.length(upTo: habits.mostBytes))"
    }

    /// Bind and Execute of a statement.
    private mutating func running(_ name: String, _ client: Int, _ random: inout SeededRandom) -> [Message] {
        var messages = [bind(name, token(client))]
        if random.happens(0.4) { messages.append(describe("P", "")) }
        messages.append(Message(type: FrontendMessage.execute, body: [0, 0, 0, 0, 0]))
        if random.happens(0.1) { messages.append(flush) }
        return messages
    }

    private var flush: Message { Message(type: FrontendMessage.flush, body: []) }
    private var sync: Message { Message(type: FrontendMessage.sync, body: []) }

    // MARK: - Named statements

    private mutating func named(
        _ client: Int, _ habits: SimulatedClient.Habits, _ random: inout SeededRandom
    ) -> [Message] {
        habits.misnames ? misnamed(client, &random) : wellNamed(client, &random)
    }

    /// Few texts, which the clients share, under few names, which they use for different texts; names may be wrong.
    private mutating func misnamed(_ client: Int, _ random: inout SeededRandom) -> [Message] {
        let name = "s\(random.number(in: 0...3))"
        let sql = random.element(of: Self.texts)
        switch random.number(in: 0...7) {
        case 0: return [parse(name, sql)]
        case 1: return [parse(name, sql), describe("S", name)] + running(name, client, &random)
        case 2: return [close("S", name), parse(name, sql)] + running(name, client, &random)
        case 3: return [close("S", name)]
        case 4: return [describe("S", name), flush]
        case 5: return [sync, parse(name, sql), sync]
        default: return running(name, client, &random)
        }
    }

    /// Names that refer to a statement whatever fails: it was prepared, and is closed, where nothing can have failed
    /// before.
    private mutating func wellNamed(_ client: Int, _ random: inout SeededRandom) -> [Message] {
        let names = (session?.statementNames ?? []).filter { !$0.isEmpty && !closed.contains($0) }
        guard let name = names.isEmpty ? nil : random.element(of: names), random.happens(0.7) else {
            guard session?.status == .idle else { return running("", client, &random, parsing: Self.texts[0]) }
            nameCount += 1
            let sql = random.element(of: Self.texts.filter { !$0.hasPrefix("BROKEN") })
            return [sync, parse("n\(nameCount)_\(client % 3)", sql), sync]
        }
        switch random.number(in: 0...5) {
        case 0: return [describe("S", name)]
        case 1 where session?.status == .idle:
            closed.insert(name)
            return [sync, close("S", name), sync]
        default: return running(name, client, &random)
        }
    }

    private mutating func running(
        _ name: String, _ client: Int, _ random: inout SeededRandom, parsing sql: String
    ) -> [Message] {
        [parse(name, sql)] + running(name, client, &random)
    }

    private static let texts = [
        "ECHO $1 rows=1 bytes=10", "ECHO $1 rows=2 bytes=20", "ECHO $1 rows=3 bytes=30", "ERROR $1", "BROKEN",
        "SLEEP $1 ms=3",
    ]

    /// A statement that is still running when the client has nothing more to send.
    mutating func last(client: Int, using random: inout SeededRandom) -> Request {
        simple("SLEEP", client, " ms=\(random.number(in: 20...100))")
    }

    private func parse(_ name: String, _ sql: String) -> Message {
        body(FrontendMessage.parse) { body in
            body.cString(name)
            body.cString(sql)
            body.int16(0)
        }
    }

    private mutating func droppingStatements() -> Request {
        Request(name: "DEALLOCATE ALL", messages: [query("DEALLOCATE ALL")])
    }

    private func bind(_ name: String, _ parameter: String) -> Message {
        body(FrontendMessage.bind) { body in
            body.cString("")
            body.cString(name)
            body.int16(0)
            body.int16(1)
            body.int32(Int32(parameter.utf8.count))
            body.raw(parameter.utf8)
            body.int16(0)
        }
    }

    private func describe(_ kind: Unicode.Scalar, _ name: String) -> Message {
        body(FrontendMessage.describe) { body in
            body.byte(UInt8(ascii: kind))
            body.cString(name)
        }
    }

    private func close(_ kind: Unicode.Scalar, _ name: String) -> Message {
        body(FrontendMessage.close) { body in
            body.byte(UInt8(ascii: kind))
            body.cString(name)
        }
    }

    private func body(_ type: MessageType, _ fill: (inout WireWriter) -> Void) -> Message {
        var writer = WireWriter()
        fill(&writer)
        return Message(type: type, body: writer.bytes)
    }

    // MARK: - COPY and pipelines

    private mutating func copyIn(
        _ client: Int, _ habits: SimulatedClient.Habits, _ random: inout SeededRandom
    ) -> Request {
        // In a failed transaction COPY is refused, and nothing may follow.
        guard session?.status != .failed else { return simple("ECHO", client, " rows=1") }
        let first = simple("COPYIN", client)
        var messages: [Message] = []
        for _ in 0..<random.number(in: 0...4) {
            let bytes = (0..<random.length(upTo: habits.mostBytes)).map { UInt8(truncatingIfNeeded: $0 &* client) }
            messages.append(Message(type: FrontendMessage.copyData, body: bytes))
        }
        let fails = random.happens(0.2)
        messages.append(
            fails
                ? Message(type: FrontendMessage.copyFail, body: [0]) : Message(type: FrontendMessage.copyDone, body: [])
        )
        rest = Request(name: "the data of \(first.name)", messages: messages)
        return first
    }

    /// Several requests without waiting for answers.
    private mutating func pipeline(
        _ client: Int, _ habits: SimulatedClient.Habits, _ random: inout SeededRandom
    ) -> Request {
        var messages: [Message] = []
        let isBatched = habits.usesExtended && random.happens(0.7)
        for _ in 0..<random.number(in: 2...5) {
            if isBatched {
                messages += batch(client, habits, &random).messages
            } else {
                messages += simple("ECHO", client, " rows=1 bytes=\(random.length(upTo: 500))").messages
            }
        }
        return Request(name: "a pipeline up to \(tokenCount)", messages: messages)
    }
}
