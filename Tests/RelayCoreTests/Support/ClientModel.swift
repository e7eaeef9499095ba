import PGWire
import SeededChance

/// A client that follows the protocol, in the ways observed from drivers.
struct ClientModel {
    /// One thing to do.
    enum Task: CaseIterable {
        case simple, functionCall
        case extended, flushedExtended
        /// Query, wait for CopyInResponse, data, CopyDone: asyncpg, pgjdbc, and libpq without parameters.
        case simpleCopy
        /// The same without waiting: pgx.
        case simpleCopyAhead
        /// Sync after Execute, and another after CopyDone: libpq with parameters, tokio-postgres.
        case extendedCopyEarlySync
        /// Flush after Execute, Sync after CopyDone.
        case extendedCopy, extendedCopyAhead
    }

    private var tasks: [Task]
    private var outbox: [Sent] = []
    private let pipelines: Bool
    /// Stops sending data when it reads an error; others send on to the end.
    private let noticesErrors: Bool

    /// What to send for each CopyInResponse, and what if an error comes in its place.
    private var onCopyIn: [Sent] = []
    private var onRefusal: [Sent] = []
    private var awaitsCopyIn = false
    private var ownsTheLine = false
    private var openAnswers = 0

    init(taskCount: Int, _ random: inout SplitMix64) {
        pipelines = random.chance(50)
        noticesErrors = random.chance(50)
        tasks = (0..<taskCount).map { _ in Task.allCases.randomElement(using: &random) ?? .simple }
    }

    var isDone: Bool { tasks.isEmpty && outbox.isEmpty && !awaitsCopyIn && openAnswers == 0 }

    mutating func nextToSend(_ random: inout SplitMix64) -> Sent? {
        if outbox.isEmpty { beginTask(&random) }
        return outbox.isEmpty ? nil : outbox.removeFirst()
    }

    mutating func receive(_ type: MessageType) {
        switch type {
        case BackendMessage.copyInResponse:
            outbox += onCopyIn
            awaitsCopyIn = false
        case BackendMessage.errorResponse:
            if awaitsCopyIn {
                if !onRefusal.isEmpty { outbox = onRefusal }
                awaitsCopyIn = false
            } else if noticesErrors {
                leaveOutData()
            }
        case BackendMessage.readyForQuery:
            openAnswers = max(0, openAnswers - 1)
            if openAnswers == 0 { ownsTheLine = false }
        default: break
        }
    }

    /// The COPY has failed: its data would only be dropped, and so would its end, but not its Sync.
    private mutating func leaveOutData() {
        outbox.removeAll { $0 == .copyData || (ownsTheLine && ($0 == .copyDone || $0 == .copyFail)) }
    }

    private mutating func beginTask(_ random: inout SplitMix64) {
        guard let task = tasks.first, !ownsTheLine, openAnswers == 0 || pipelines else { return }
        let waits = [.simpleCopy, .extendedCopy, .extendedCopyEarlySync].contains(task)
        guard !waits || openAnswers == 0 else { return }
        tasks.removeFirst()
        (onCopyIn, onRefusal) = ([], [])
        awaitsCopyIn = waits
        ownsTheLine = waits
        openAnswers += 1
        let parse = Sent.extended(FrontendMessage.parse)
        let bind = Sent.extended(FrontendMessage.bind)
        let data = Array(repeating: Sent.copyData, count: Int.random(in: 0...4, using: &random))
        let end: Sent = random.chance(80) ? .copyDone : .copyFail

        switch task {
        case .simple:
            let statements: [Sent.Statement] = [.plain, .copyOut, .plain]
            outbox = [.query(statements.suffix(Int.random(in: 0...3, using: &random)))]
        case .functionCall: outbox = [.functionCall]
        case .extended: outbox = batch(&random) + [.sync]
        case .flushedExtended: outbox = batch(&random) + [.flush] + batch(&random) + [.sync]
        case .simpleCopy:
            outbox = [.query([.copyIn, .plain, .copyIn].suffix(Int.random(in: 1...3, using: &random)))]
            onCopyIn = data + [end]
        case .simpleCopyAhead:
            let copies = Int.random(in: 1...2, using: &random)
            outbox = [.query(Array(repeating: .copyIn, count: copies))]
            for _ in 0..<copies { outbox += data + [end] }
        case .extendedCopyEarlySync:
            outbox = [parse, bind, .execute(.copyIn), .sync]
            onCopyIn = data + [end, .sync]
        case .extendedCopy:
            outbox = [parse, bind, .execute(.copyIn), .flush]
            onCopyIn = data + [end, .sync]
            onRefusal = [.sync]
        case .extendedCopyAhead:
            outbox = [parse]
            for _ in 0..<Int.random(in: 1...2, using: &random) { outbox += [bind, .execute(.copyIn)] + data + [end] }
            outbox.append(.sync)
        }
    }

    private func batch(_ random: inout SplitMix64) -> [Sent] {
        let extended: [Sent] = [
            .extended(FrontendMessage.parse), .extended(FrontendMessage.bind), .extended(FrontendMessage.describe),
            .extended(FrontendMessage.close), .execute(.plain), .execute(.copyOut),
        ]
        return (0..<Int.random(in: 0...5, using: &random)).map { _ in extended.randomElement(using: &random) ?? .flush }
    }
}
