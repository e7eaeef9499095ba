/// The requests of a client that wait for their end, oldest first.
///
/// Nearly always at most one is under way, so the first is kept in place and nothing is allocated for it. All
/// operations are O(1), amortised.
@usableFromInline struct RequestQueue: Sendable {
    @usableFromInline enum Request: Sendable {
        case query, functionCall, sync
        /// CopyDone or CopyFail after a Query or a Sync; not answered itself.
        case copyEnd
        /// The same within an extended-query batch.
        case batchCopyEnd
    }

    @usableFromInline private(set) var first: Request?
    private var rest: [Request] = []
    /// Where `rest` begins; what is before it has been removed.
    private var head = 0

    @usableFromInline mutating func removeAll() {
        first = nil
        guard !rest.isEmpty else { return }
        rest.removeAll()
        head = 0
    }

    /// The request after the first.
    var second: Request? { head < rest.count ? rest[head] : nil }

    mutating func append(_ request: Request) {
        if first == nil {
            first = request
        } else {
            rest.append(request)
        }
    }

    @discardableResult
    mutating func removeFirst() -> Request? {
        guard let request = first else { return nil }
        first = removeSecond()
        return request
    }

    @discardableResult
    mutating func removeSecond() -> Request? {
        guard head < rest.count else { return nil }
        defer {
            head += 1
            if head == rest.count {
                rest.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 64, head >= rest.count / 2 {
                rest.removeSubrange(..<head)
                head = 0
            }
        }
        return rest[head]
    }
}
