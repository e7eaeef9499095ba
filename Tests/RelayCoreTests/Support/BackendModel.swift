import PGWire
import SeededChance

/// What a client sends, with what the model needs to know of its content.
enum Sent: Hashable, Sendable, CustomStringConvertible {
    case query([Statement])
    case functionCall
    /// Parse, Bind, Describe and Close behave the same way: they succeed or begin the skipping.
    case extended(MessageType)
    case execute(Statement)
    case flush, sync
    case copyData, copyDone, copyFail

    enum Statement: Hashable, Sendable, CaseIterable {
        case plain, copyIn, copyOut
    }

    var description: String {
        switch self {
        case .query(let statements): "Query(\(statements.map { "\($0)" }.joined(separator: ";")))"
        case .execute(let statement): "Execute(\(statement))"
        default: "\(Unicode.Scalar(type.rawValue))"
        }
    }

    var type: MessageType {
        switch self {
        case .query: FrontendMessage.query
        case .functionCall: FrontendMessage.functionCall
        case .extended(let type): type
        case .execute: FrontendMessage.execute
        case .flush: FrontendMessage.flush
        case .sync: FrontendMessage.sync
        case .copyData: FrontendMessage.copyData
        case .copyDone: FrontendMessage.copyDone
        case .copyFail: FrontendMessage.copyFail
        }
    }
}

/// A PostgreSQL backend as far as the order of its messages goes: it consumes what a frontend sent, one message at a
/// time, and decides at random what succeeds.
///
/// Source: PostgreSQL, protocol-flow.html, "Extended Query" and "COPY Operations". In PostgreSQL 15, an error
/// that follows CopyInResponse at once (COPY to a view) leaves copy-in mode before an early Sync is read, and that
/// Sync is then answered.
struct BackendModel {
    private enum Mode: Equatable {
        case ready
        /// After an error in an extended query, until Sync.
        case skipping
        case copyInSimple(rest: [Sent.Statement])
        case copyInExtended
        /// The connection is closed.
        case closed
    }

    private var mode = Mode.ready
    private let errorPercent: Int

    init(errorPercent: Int) { self.errorPercent = errorPercent }

    var isReady: Bool { mode == .ready }
    var isClosed: Bool { mode == .closed }

    mutating func consume(_ message: Sent, _ random: inout SplitMix64) -> [MessageType] {
        switch mode {
        case .closed: return []
        case .skipping:
            guard message == .sync else { return [] }
            mode = .ready
            return [BackendMessage.readyForQuery]
        case .copyInSimple(let rest): return consumeCopy(message, rest, &random)
        case .copyInExtended: return consumeCopy(message, nil, &random)
        case .ready: return consumeReady(message, &random)
        }
    }

    private mutating func consumeReady(_ message: Sent, _ random: inout SplitMix64) -> [MessageType] {
        switch message {
        case .query(let statements): return run(statements, &random)
        case .functionCall:
            let answer =
                random.chance(errorPercent) ? BackendMessage.errorResponse : BackendMessage.functionCallResponse
            return [answer, BackendMessage.readyForQuery]
        case .extended(let type):
            if random.chance(errorPercent) { return fail() }
            return [Self.completions[type] ?? BackendMessage.noData]
        case .execute(let statement):
            if random.chance(errorPercent) { return fail() }
            switch statement {
            case .plain: return [BackendMessage.dataRow, BackendMessage.commandComplete]
            case .copyOut: return Self.copyOut
            case .copyIn:
                mode = .copyInExtended
                guard random.chance(errorPercent) else { return [BackendMessage.copyInResponse] }
                return [BackendMessage.copyInResponse] + fail()
            }
        case .flush, .copyData, .copyDone, .copyFail: return []
        case .sync: return [BackendMessage.readyForQuery]
        }
    }

    /// An error in an extended query.
    private mutating func fail() -> [MessageType] {
        mode = .skipping
        return [BackendMessage.errorResponse]
    }

    private mutating func run(_ statements: [Sent.Statement], _ random: inout SplitMix64) -> [MessageType] {
        var answers: [MessageType] = []
        mode = .ready
        for (index, statement) in statements.enumerated() {
            if random.chance(errorPercent) {
                return answers + [BackendMessage.errorResponse, BackendMessage.readyForQuery]
            }
            switch statement {
            case .plain: answers.append(BackendMessage.commandComplete)
            case .copyOut: answers += Self.copyOut
            case .copyIn:
                answers.append(BackendMessage.copyInResponse)
                if random.chance(errorPercent) {
                    return answers + [BackendMessage.errorResponse, BackendMessage.readyForQuery]
                }
                mode = .copyInSimple(rest: Array(statements[(index + 1)...]))
                return answers
            }
        }
        if statements.isEmpty { answers.append(BackendMessage.emptyQueryResponse) }
        return answers + [BackendMessage.readyForQuery]
    }

    /// - Parameter rest: the rest of a simple query; `nil` in an extended one.
    private mutating func consumeCopy(
        _ message: Sent, _ rest: [Sent.Statement]?, _ random: inout SplitMix64
    ) -> [MessageType] {
        switch message {
        case .flush, .sync: return []
        case .copyData where !random.chance(errorPercent): return []
        case .copyDone where !random.chance(errorPercent):
            mode = .ready
            guard let rest else { return [BackendMessage.commandComplete] }
            return [BackendMessage.commandComplete] + run(rest, &random)
        case .copyData, .copyDone, .copyFail:
            guard rest != nil else { return fail() }
            mode = .ready
            return [BackendMessage.errorResponse, BackendMessage.readyForQuery]
        default:
            // "terminating connection because protocol synchronization was lost"
            mode = .closed
            return [BackendMessage.errorResponse]
        }
    }

    private static let copyOut = [
        BackendMessage.copyOutResponse, BackendMessage.copyData, BackendMessage.copyDone,
        BackendMessage.commandComplete,
    ]

    private static let completions = [
        FrontendMessage.parse: BackendMessage.parseComplete,
        FrontendMessage.bind: BackendMessage.bindComplete,
        FrontendMessage.close: BackendMessage.closeComplete,
        FrontendMessage.describe: BackendMessage.rowDescription,
    ]
}
