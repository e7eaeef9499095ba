import PGSession
import PGWire
import SeededChance
import Testing

/// A server that answers at random, and a client that knows the request of each answer.
///
/// Every message contains the number of the request that it answers. A client that takes a message for the answer to
/// another request has confused them.
private struct Dialogue {
    struct Message {
        var type: MessageType
        var request: Int
    }

    var asked: [AnswerQueue.Answer] = []
    var said: [Message] = []

    init(_ random: inout SplitMix64) {
        // Only ReadyForQuery marks the end of a script, so nothing is sent after one before that has arrived.
        let isScript = Int.random(in: 0..<8, using: &random) == 0
        for request in 0..<(isScript ? 1 : Int.random(in: 1...6, using: &random)) { add(request, isScript, &random) }
    }

    private mutating func say(_ types: String, _ request: Int, _ random: inout SplitMix64) {
        for type in types.utf8 {
            if Int.random(in: 0..<12, using: &random) == 0 {
                said.append(Message(type: ["N", "A", "S"].randomElement(using: &random) ?? "N", request: -1))
            }
            said.append(Message(type: MessageType(rawValue: type), request: request))
        }
    }

    private mutating func add(_ request: Int, _ isScript: Bool, _ random: inout SplitMix64) {
        let rows = String(repeating: "D", count: Int.random(in: 0...3, using: &random))
        let failsAt = Int.random(in: 0..<8, using: &random)
        switch isScript ? 3 : Int.random(in: 0..<3, using: &random) {
        case 0:
            asked += [.bind, .execution, .sync]
            let end = ["C", "I", "s"].randomElement(using: &random) ?? "C"
            say(
                ["EZ", "2EZ", "2\(rows)EZ", "2\(rows)CEZ"].dropFirst(failsAt).first ?? "2\(rows)\(end)Z", request,
                &random)
        case 1:
            asked += [.parse, .parameters, .columns, .bind, .execution, .sync]
            say(["EZ", "1EZ", "1tEZ", "1tTEZ", "1tT2EZ"].dropFirst(failsAt).first ?? "1tT2\(rows)CZ", request, &random)
        case 2:
            let count = Int.random(in: 1...5, using: &random)
            for _ in 0..<count { asked += [.bind, .execution] }
            asked.append(.sync)
            let whole = String(repeating: "2C", count: failsAt < count ? failsAt : count)
            say(whole + (failsAt < count ? "EZ" : "Z"), request, &random)
        default:
            asked.append(.script)
            say(["EZ", "TDEZ", "CEZ", "HdEZ"].dropFirst(failsAt).first ?? "T\(rows)CCHddcCTCZ", request, &random)
        }
    }

    /// - Returns: for each accepted message, the request it was attributed to; and whether one was rejected.
    func listen() -> (taken: [(whose: Int, actual: Int)], isRefused: Bool) {
        var queue = AnswerQueue(), current = 0
        var taken: [(Int, Int)] = []
        for answer in asked { queue.expect(answer) }
        for message in said {
            guard let meaning = try? queue.receive(message.type) else { return (taken, true) }
            switch meaning {
            case .unsolicitedError: return (taken, true)
            case .notice, .notification, .parameterStatus: continue
            // A single error is possible anywhere: its request cannot be determined. The messages after it must match.
            case .error: continue
            // A notice belongs to no request.
            default: if message.request >= 0 { taken.append((current, message.request)) }
            }
            if meaning == .ready { current += 1 }
        }
        return (taken, false)
    }
}

@Suite struct AnswerQueueModelTests {
    @Test func `A server that follows the protocol is never rejected`() {
        for seed in 0..<5_000 {
            var random = SplitMix64(seed: UInt64(seed))
            let (taken, isRefused) = Dialogue(&random).listen()
            if isRefused { Issue.record("seed \(seed): refused") }
            if !taken.allSatisfy({ $0.whose == $0.actual }) { Issue.record("seed \(seed): confused") }
        }
    }

    /// One message lost, duplicated, exchanged with its neighbor, or of another type.
    ///
    /// ReadyForQuery is not lost: if an error follows, that is undetectable, since a commit may fail after
    /// CommandComplete.
    @Test func `A server that violates the protocol is rejected before answers are confused`() {
        var refusals = 0
        for seed in 0..<20_000 {
            var random = SplitMix64(seed: UInt64(seed))
            var dialogue = Dialogue(&random)
            let place = Int.random(in: 0..<dialogue.said.count, using: &random)
            let isReady = dialogue.said[place].type == BackendMessage.readyForQuery
            switch Int.random(in: isReady ? 1..<3 : 0..<4, using: &random) {
            case 0: dialogue.said.remove(at: place)
            case 1: dialogue.said.insert(dialogue.said[place], at: place)
            case 2: dialogue.said.swapAt(place, max(0, place - 1))
            default: dialogue.said[place].type = MessageType(rawValue: .random(in: 0...255, using: &random))
            }
            let (taken, isRefused) = dialogue.listen()
            if isRefused { refusals += 1 }
            if !taken.allSatisfy({ $0.whose == $0.actual }) {
                let said = dialogue.said.map { "\(Unicode.Scalar($0.type.rawValue))\($0.request)" }.joined(
                    separator: " ")
                Issue.record("seed \(seed): confused: \(said)")
            }
        }
        #expect(refusals > 10_000)
    }
}
