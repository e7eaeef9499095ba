public import PGWire

/// Keeps track of the requests of a client that the server has not answered yet.
///
/// A server may serve another client only when no byte of its answers can still be in transit. ReadyForQuery ends a
/// request, and only Query, FunctionCall and Sync are answered by one. Two things make counting insufficient: a server
/// in copy-in mode ignores Sync, and after an error inside an extended query it ignores everything up to the next Sync.
/// Where the protocol leaves doubt, ``isDoubtful`` is set and the server must be closed instead of used again.
///
/// Source: PostgreSQL, protocol-flow.html, "Extended Query" and "COPY Operations"
///
/// Public because the compiler inlines nothing of another module that is only `package`.
public struct RequestTracker: Sendable {
    @usableFromInline enum CopyIn: UInt8, Sendable {
        case none, simple, extended
    }

    @usableFromInline var queue = RequestQueue()
    @usableFromInline var copyIn: CopyIn = .none
    /// Syncs were sent while the server was in copy-in mode, or about to be. It ignores them, unless its COPY failed
    /// before it came to read them: that is only known when the COPY has succeeded.
    private var hasIgnoredSyncs = false

    /// A Sync of the client is still to come: extended-query messages have been sent since the last one, or an extended
    /// COPY has failed.
    public internal(set) var hasUnsynced = false

    /// The exact number of answers to come is not known.
    public internal(set) var isDoubtful = false

    public init() {}

    /// Forgets everything, for the link to another server.
    public mutating func restart() {
        queue.removeAll()
        copyIn = .none
        hasIgnoredSyncs = false
        hasUnsynced = false
        isDoubtful = false
    }

    /// No request is under way: the server has answered everything.
    @inlinable public var isSettled: Bool { queue.first == nil && !hasUnsynced && copyIn == .none }

    /// The server will answer everything without another message of the client, as far as is known.
    @inlinable public var willSettle: Bool { !hasUnsynced && copyIn == .none && !isDoubtful }

    /// Records a message on its way from client to server.
    ///
    /// - Returns: false for a message that no client may send after its log-in.
    public mutating func clientSent(_ type: MessageType, _ counts: inout StreamCounts) -> Bool {
        switch type {
        case FrontendMessage.query: direct(.query, &counts)
        case FrontendMessage.functionCall: direct(.functionCall, &counts)
        case FrontendMessage.parse, FrontendMessage.bind, FrontendMessage.describe, FrontendMessage.execute,
            FrontendMessage.close:
            // In copy-in mode these are refused, after it they are taken: which of the two is not known yet.
            if copyIn != .none { isDoubtful = true }
            hasUnsynced = true
            counts.sent.index &+= 1
        case FrontendMessage.flush: hasUnsynced = true
        case FrontendMessage.sync:
            hasUnsynced = false
            if copyIn != .none {
                hasIgnoredSyncs = true
            } else {
                append(.sync, &counts)
            }
        case FrontendMessage.copyDone, FrontendMessage.copyFail:
            if copyIn != .none {
                // An extended COPY ends with a Sync of its own, which has yet to come.
                if copyIn == .extended { hasUnsynced = true }
                copyIn = .none
            } else if hasUnsynced {
                queue.append(.batchCopyEnd)
            } else if queue.first != nil {
                queue.append(.copyEnd)
            }
        case FrontendMessage.copyData: break
        default: return false
        }
        return true
    }

    /// Records a message of the client that is answered without the server: a Sync of the client is still to come.
    package mutating func clientSentLocally() { hasUnsynced = true }

    private mutating func append(_ request: RequestQueue.Request, _ counts: inout StreamCounts) {
        queue.append(request)
        counts.endSegment()
    }

    /// Records a message from the server that is not ReadyForQuery and no answer that is counted.
    package mutating func serverSent(_ type: MessageType, _ counts: inout StreamCounts) {
        switch type {
        case BackendMessage.copyInResponse, BackendMessage.copyBothResponse: beginCopyIn(&counts)
        case BackendMessage.errorResponse: fail(&counts)
        default: break
        }
    }

    /// Records a ReadyForQuery.
    ///
    /// - Returns: false when no request was waiting for one: client and server disagree and both must go.
    public mutating func serverSentReadyForQuery(_ counts: inout StreamCounts) -> Bool {
        if copyIn != .none {
            // The server left copy-in mode without telling; its next answers cannot be told apart.
            copyIn = .none
            isDoubtful = true
        }
        hasIgnoredSyncs = false
        counts.beginNextAnswer()
        while let request = queue.removeFirst() {
            guard request != .copyEnd, request != .batchCopyEnd else { continue }
            // What was meant for a COPY that this ends; the next batch keeps its own.
            while queue.first == .copyEnd { queue.removeFirst() }
            return true
        }
        guard isDoubtful else { return false }
        hasUnsynced = false
        return true
    }

    /// Query and FunctionCall are answered by themselves, and end a batch that was not synced.
    private mutating func direct(_ request: RequestQueue.Request, _ counts: inout StreamCounts) {
        // An error in the unsynced messages would make the server skip this request, which its answers do not show.
        if hasUnsynced || copyIn != .none { isDoubtful = true }
        hasUnsynced = false
        append(request, &counts)
    }

    private mutating func beginCopyIn(_ counts: inout StreamCounts) {
        if queue.first == .query || queue.first == .functionCall {
            beginSimpleCopyIn()
        } else {
            beginExtendedCopyIn(&counts)
        }
    }

    /// The first request stays; its data may have been sent ahead.
    private mutating func beginSimpleCopyIn() {
        if queue.second == .copyEnd {
            queue.removeSecond()
            return
        }
        // The server breaks off when it reads anything but data, or has done so with the COPY already.
        if queue.second != nil || hasUnsynced { isDoubtful = true }
        copyIn = .simple
    }

    private mutating func beginExtendedCopyIn(_ counts: inout StreamCounts) {
        while queue.first == .sync {
            queue.removeFirst()
            hasIgnoredSyncs = true
            counts.rejoinSegments()
        }
        switch queue.first {
        case .copyEnd, .batchCopyEnd: queue.removeFirst()
        case .query, .functionCall:
            isDoubtful = true
            copyIn = .extended
        case .sync, nil: copyIn = .extended
        }
    }

    private mutating func fail(_ counts: inout StreamCounts) {
        counts.hasFailed = queue.first == .sync || (queue.first == nil && hasUnsynced) || copyIn == .extended
        // Whether the server read an early Sync before or after its error is not known.
        if hasIgnoredSyncs { isDoubtful = true }
        // The server skips everything up to a Sync.
        if copyIn == .extended { hasUnsynced = true }
        hasIgnoredSyncs = false
        copyIn = .none
    }
}
