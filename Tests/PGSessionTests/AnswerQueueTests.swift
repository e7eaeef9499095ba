import PGSession
import PGWire
import Testing

/// Exchanges recorded from PostgreSQL 15: the requests, and the types of the messages received.
@Suite struct AnswerQueueTests {
    typealias Answer = AnswerQueue.Answer

    static let statement: [Answer] = [.bind, .execution, .sync]

    private func run(_ asked: [Answer], _ messages: String) -> (meanings: [AnswerQueue.Meaning], queue: AnswerQueue)? {
        var queue = AnswerQueue()
        for answer in asked { queue.expect(answer) }
        var meanings: [AnswerQueue.Meaning] = []
        for type in messages.utf8 {
            guard let meaning = try? queue.receive(MessageType(rawValue: type)) else { return nil }
            meanings.append(meaning)
        }
        return (meanings, queue)
    }

    @Test(arguments: [
        (statement, "2DDCZ"), (statement, "2CZ"), (statement, "2IZ"), (statement, "2DsZ"), (statement, "EZ"),
        (statement, "2DDEZ"), (statement, "2CEZ"), (statement, "N2ADSCZ"), (statement, "2GEZ"), (statement, "2HddcCZ"),
        ([.close] + statement, "32CZ"), ([.parse, .parameters, .columns], "1tT"),
        ([.parse, .parameters, .columns], "1tn"),
        (statement + statement, "EZ2CZ"), (statement + statement, "2CZEZ"),
        ([.bind, .execution, .bind, .execution, .sync], "2C2CZ"),
        ([.bind, .execution, .bind, .execution, .sync], "2CEZ"),
        ([.script], "TDDCZ"), ([.script], "TCTDCCZ"), ([.script], "IZ"), ([.script], "EZ"), ([.script], "TDEZ"),
        ([.script], "GCZ"), ([.script], "GEZ"), ([.script], "HdddcCZ"), ([.script], "CHcCCZ"), ([.script], "HdEZ"),
    ])
    func `A server's messages are parsed to the end`(asked: [Answer], messages: String) {
        let outcome = run(asked, messages)
        #expect(outcome != nil)
        #expect(outcome?.queue.isEmpty == true)
    }

    @Test(arguments: [
        (statement, "D"), (statement, "Z"), (statement, "C"), (statement, "2Z"), (statement, "22"), (statement, "2CD"),
        (statement, "2CC"), (statement, "2CZZ"), (statement, "1"), (statement, "2T"), (statement, "2d"),
        (statement, "2HC"), (statement, "2HZ"), (statement, "2HdD"), (statement, "2Gd"), (statement, "2W"),
        (statement, "R"), (statement, "K"), (statement, "2\u{0}"), ([.parse, .parameters, .columns], "1T"),
        ([.parse, .parameters, .columns], "tT"), ([.parse, .parameters, .columns], "1tTZ"), ([.script], "D"),
        ([.script], "TT"), ([.script], "TDCD"), ([.script], "s"), ([.script], "2"), ([.script], "ED"),
        ([.script], "EC"),
        ([.script], "TZZ"), ([], "C"), ([], "D"), ([], "Z"), ([.parse, .parameters, .columns], "EZ"),
    ])
    func `A message that answers nothing is refused`(asked: [Answer], messages: String) {
        #expect(run(asked, messages) == nil)
    }

    @Test func `An error in a series without Sync requires one`() throws {
        var queue = AnswerQueue()
        for answer in [.parse, .parameters, .columns] as [Answer] { queue.expect(answer) }
        #expect(try queue.receive("E") == .error)
        #expect(queue.needsSync)
        #expect(!queue.isEmpty)
        queue.expect(.bind)  // written before the error was known, and skipped by the server
        queue.expect(.sync)
        #expect(!queue.needsSync)
        #expect(try queue.receive("Z") == .ready)
        #expect(queue.isEmpty)
    }

    @Test func `An error that answers no request ends the connection`() throws {
        var queue = AnswerQueue()
        #expect(try queue.receive("E") == .unsolicitedError)
    }
}
