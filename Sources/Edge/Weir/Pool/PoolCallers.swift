import MonotonicTime
import PoolCore

/// The callers that wait for a connection, by their slots in the group.
struct PoolCallers<Server: PoolServer>: Sendable {
    typealias Answer = Result<Lease<Server>, PostgresError>
    typealias Continuation = CheckedContinuation<Answer, Never>

    struct Caller: Sendable {
        let id: UInt64
        let origin: SourceLocation
        /// The start of the wait.
        let since: Instant
        /// Resumed with the answer; `nil` until the caller has suspended.
        var continuation: Continuation?
        /// The answer, if it was there before the caller suspended.
        var answer: Answer?
    }

    private var callers: [Caller?] = []
    private var free: [Int] = []
    /// The number of callers that have no answer yet.
    private(set) var waiting = 0

    /// Adds a caller and returns its ID in the group.
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

    /// A caller that still waits for its answer.
    subscript(_ client: ClientID) -> Caller? {
        guard let caller = caller(client), caller.answer == nil else { return nil }
        return caller
    }

    /// Sets a caller's answer.
    ///
    /// - Returns: the continuation to resume; `nil` if the caller has not suspended yet and will take the answer
    ///   itself.
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

    /// Returns the answer of a caller that has not suspended, if there is one, and removes the caller.
    mutating func takeAnswer(_ client: ClientID) -> Answer? {
        guard let answer = caller(client)?.answer else { return nil }
        remove(client)
        return answer
    }

    /// Stores the continuation of a caller that suspends, or returns its answer if there is one already.
    mutating func suspend(_ client: ClientID, _ continuation: Continuation) -> Answer? {
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
