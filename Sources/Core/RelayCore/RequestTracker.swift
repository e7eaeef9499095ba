package import PGWire

/// Knows which requests of a client the server still has to answer, and so when the two may be parted.
///
/// A server may go to another client only when not a byte of its answers can still be on the way. What ends a
/// request is ReadyForQuery, and only Query, FunctionCall and Sync are answered by one. Two things make counting
/// insufficient: a server in copy-in mode ignores Sync, and after an error inside an extended query it ignores
/// everything up to the next Sync. Where the protocol leaves doubt, ``isDoubtful`` is set and the server must be
/// closed instead of handed on.
///
/// Source: PostgreSQL, protocol-flow.html, "Extended Query" and "COPY Operations"
package struct RequestTracker: Sendable {
    private enum Request: UInt8 {
        case query, functionCall, sync
        /// CopyDone or CopyFail; not answered itself, but Syncs before it may be ignored.
        case copyEnd
    }

    private enum CopyIn: UInt8 {
        case none, simple, extended
    }

    // Nearly always at most one request is under way, so the first is kept in place and the array is never allocated.
    private var first: Request?
    private var rest: [Request] = []
    private var copyIn: CopyIn = .none
    private var ignoredSyncs = false
    private var awaitsSync = false

    /// Extended-query messages have been sent since the last Sync.
    package private(set) var hasUnsynced = false

    /// The exact number of answers to come is not known.
    package private(set) var isDoubtful = false

    package init() {}

    /// Nothing is under way: the server has answered everything.
    package var isSettled: Bool { first == nil && !hasUnsynced && copyIn == .none && !awaitsSync }

    /// Records a message on its way from client to server.
    ///
    /// - Returns: false for a message that no client may send after its log-in.
    package mutating func clientSent(_ type: MessageType) -> Bool {
        switch type {
        case FrontendMessage.query: direct(.query)
        case FrontendMessage.functionCall: direct(.functionCall)
        case FrontendMessage.parse, FrontendMessage.bind, FrontendMessage.describe, FrontendMessage.execute,
            FrontendMessage.close, FrontendMessage.flush:
            hasUnsynced = true
        case FrontendMessage.sync:
            hasUnsynced = false
            if copyIn == .extended {
                ignoredSyncs = true
            } else {
                append(.sync)
            }
        case FrontendMessage.copyDone, FrontendMessage.copyFail:
            if copyIn != .none {
                // An extended COPY ends with a Sync of its own, which has yet to come.
                if copyIn == .extended { hasUnsynced = true }
                copyIn = .none
            } else if first != nil || hasUnsynced {
                append(.copyEnd)
            }
        case FrontendMessage.copyData: break
        default: return false
        }
        return true
    }

    /// Records a message from the server that is not ReadyForQuery.
    package mutating func serverSent(_ type: MessageType) {
        switch type {
        case BackendMessage.copyInResponse, BackendMessage.copyBothResponse: beginCopyIn()
        case BackendMessage.errorResponse: failCopyIn()
        default: break
        }
    }

    /// Records a ReadyForQuery.
    ///
    /// - Returns: false when no request was waiting for one: client and server disagree and both must go.
    package mutating func serverSentReadyForQuery() -> Bool {
        if copyIn != .none {
            // The server left copy-in mode without telling; its next answers cannot be told apart.
            copyIn = .none
            isDoubtful = true
        }
        while let request = removeFirst() {
            guard request != .copyEnd else { continue }
            awaitsSync = false
            while first == .copyEnd { _ = removeFirst() }
            return true
        }
        guard awaitsSync || isDoubtful else { return false }
        awaitsSync = false
        return true
    }

    /// Query and FunctionCall are answered by themselves, and end a batch that was not synced.
    private mutating func direct(_ request: Request) {
        // An error in the unsynced messages would make the server skip this request, and nobody could tell.
        if hasUnsynced || awaitsSync { isDoubtful = true }
        hasUnsynced = false
        append(request)
    }

    private mutating func beginCopyIn() {
        if first == .query || first == .functionCall {
            if !rest.contains(.copyEnd) { copyIn = .simple }
            return
        }
        // Syncs sent before the end of the data are ignored by the server.
        while let request = first, request != .copyEnd {
            _ = removeFirst()
            ignoredSyncs = true
        }
        if first == .copyEnd {
            _ = removeFirst()
        } else {
            copyIn = .extended
        }
    }

    private mutating func failCopyIn() {
        guard copyIn == .extended || ignoredSyncs else {
            copyIn = .none
            return
        }
        // Whether the server saw an early Sync before or after its error is not known.
        if ignoredSyncs { isDoubtful = true }
        if copyIn == .extended { awaitsSync = true }
        copyIn = .none
        ignoredSyncs = false
    }

    private mutating func append(_ request: Request) {
        if request == .sync { ignoredSyncs = false }
        if first == nil {
            first = request
        } else {
            rest.append(request)
        }
    }

    private mutating func removeFirst() -> Request? {
        guard let request = first else { return nil }
        first = rest.isEmpty ? nil : rest.removeFirst()
        return request
    }
}
