import PGSession
import PGTypes

/// The outcome of one statement.
struct StatementOutcome: Sendable {
    var rows: PostgresRows
    var tag: PostgresCommandTag
    /// Whether the portal has more rows.
    var isSuspended: Bool
    var columns: PostgresColumns?
}

/// Delivers the outcomes of statements to the caller, in the shape it expects. Bound to the session's event loop.
class StatementDelivery {
    var takesBatches: Bool { false }
    /// Whether the reader's buffer is full.
    var isFull: Bool { false }
    func pausesReading() -> Bool { false }
    /// Delivers rows of a statement that has not ended yet, if there are any.
    func take(_ rows: PostgresRows?, size: Int, columns: PostgresColumns?) {}
    /// Delivers the outcome of one statement.
    func deliver(_ result: Result<StatementOutcome, PostgresError>) {}
    /// Ends the delivery: all statements have ended, or will not be executed.
    func finish(_ error: PostgresError?, count: Int) {}
}

/// Delivers one statement as a whole.
final class SingleDelivery: StatementDelivery {
    typealias Continuation = CheckedContinuation<Result<StatementOutcome, PostgresError>, Never>
    private let continuation: Continuation
    private var result: Result<StatementOutcome, PostgresError>?

    init(_ continuation: Continuation) { self.continuation = continuation }

    override func deliver(_ result: Result<StatementOutcome, PostgresError>) { self.result = result }

    override func finish(_ error: PostgresError?, count: Int) {
        continuation.resume(returning: error.map { .failure($0) } ?? result ?? .failure(.closed))
    }
}

/// Delivers several statements, each as a whole.
final class PipelineDelivery: StatementDelivery {
    typealias Results = [Result<StatementOutcome, PostgresError>]
    private let continuation: CheckedContinuation<Results, Never>
    private var results: Results = []

    init(_ continuation: CheckedContinuation<Results, Never>) { self.continuation = continuation }

    override func deliver(_ result: Result<StatementOutcome, PostgresError>) { results.append(result) }

    /// Outcomes that arrived before the end are kept.
    override func finish(_ error: PostgresError?, count: Int) {
        while results.count < count { results.append(.failure(error ?? .closed)) }
        continuation.resume(returning: results)
    }
}

/// Delivers one statement in batches of rows.
final class StreamDelivery: StatementDelivery {
    typealias Opening = CheckedContinuation<Result<PostgresColumns?, PostgresError>, Never>
    private let inbox: Inbox<PostgresRows, PostgresCommandTag>
    private var opening: Opening?
    private var end: Result<PostgresCommandTag, PostgresError>?

    init(_ inbox: Inbox<PostgresRows, PostgresCommandTag>, _ opening: Opening) {
        (self.inbox, self.opening) = (inbox, opening)
    }

    override var takesBatches: Bool { true }
    override var isFull: Bool { inbox.isFull }
    override func pausesReading() -> Bool { inbox.pauseIfFull() }

    override func take(_ rows: PostgresRows?, size: Int, columns: PostgresColumns?) {
        if let rows, !rows.isEmpty { inbox.push(rows, size: size) }
        open(.success(columns))
    }

    override func deliver(_ result: Result<StatementOutcome, PostgresError>) {
        switch result {
        case .success(let outcome):
            // Nothing follows that would have to wait for room.
            take(outcome.rows, size: 0, columns: outcome.columns)
            end = .success(outcome.tag)
        case .failure(let error): end = .failure(error)
        }
    }

    override func finish(_ error: PostgresError?, count: Int) {
        let end: Result<PostgresCommandTag, PostgresError> = error.map { .failure($0) } ?? end ?? .failure(.closed)
        if case .failure(let error) = end { open(.failure(error)) }
        inbox.finish(end)
    }

    private func open(_ result: Result<PostgresColumns?, PostgresError>) {
        opening?.resume(returning: result)
        opening = nil
    }
}
