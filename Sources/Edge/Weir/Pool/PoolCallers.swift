import MonotonicTime
import PoolCore

/// Those who wait for a connection, found by the slots that the group knows them by.
struct PoolCallers<Server: PoolServer>: Sendable {
    typealias Answer = Result<Lease<Server>, PostgresError>
    typealias Continuation = CheckedContinuation<Answer, Never>

    struct Caller: Sendable {
        let id: UInt64
        let origin: SourceLocation
        /// Since when it waits.
        let since: Instant
        /// Whom to answer; `nil` until it has gone to sleep.
        var continuation: Continuation?
        /// The answer, if it came before that.
        var answer: Answer?
    }

    private var callers: [Caller?] = []
    private var free: [Int] = []
    /// Those that have no answer yet.
    private(set) var waiting = 0

    /// Takes somebody in, and gives it the name for the group.
    mutating func add(_ id: UInt64, origin: SourceLocation, since: Instant) -> ClientID {
        let caller = Caller(id: id, origin: origin, since: since)
        waiting += 1
        if let slot = free.popLast() {
            callers[slot] = caller
            return ClientID(rawValue: id, slot: UInt32(slot), worker: WorkerID(rawValue: 0))
        }
        callers.append(caller)
        return ClientID(rawValue: id, slot: UInt32(callers.count - 1), worker: WorkerID(rawValue: 0))
    }

    /// Somebody that still waits for an answer.
    subscript(_ client: ClientID) -> Caller? {
        guard let caller = caller(client), caller.answer == nil else { return nil }
        return caller
    }

    /// Answers somebody.
    ///
    /// - Returns: whom to wake up; `nil` if it is still awake and will ask.
    mutating func answer(_ client: ClientID, _ answer: Answer) -> Continuation? {
        guard let caller = self[client] else { return nil }
        waiting -= 1
        guard let continuation = caller.continuation else {
            callers[Int(client.slot)]?.answer = answer
            return nil
        }
        remove(client)
        return continuation
    }

    /// The answer for somebody who is awake, if it is there; then the caller is forgotten.
    mutating func takeAnswer(_ client: ClientID) -> Answer? {
        guard let answer = caller(client)?.answer else { return nil }
        remove(client)
        return answer
    }

    /// The caller goes to sleep, unless its answer is there already.
    mutating func park(_ client: ClientID, _ continuation: Continuation) -> Answer? {
        if let answer = takeAnswer(client) { return answer }
        callers[Int(client.slot)]?.continuation = continuation
        return nil
    }

    private func caller(_ client: ClientID) -> Caller? {
        guard Int(client.slot) < callers.count, let caller = callers[Int(client.slot)], caller.id == client.rawValue
        else { return nil }
        return caller
    }

    private mutating func remove(_ client: ClientID) {
        callers[Int(client.slot)] = nil
        free.append(Int(client.slot))
    }
}
