/// The place of a message in the conversation of a client with its server, counted by both directions alike.
///
/// A segment is what ReadyForQuery ends. In an extended-query segment each Parse, Bind, Describe, Execute and Close has
/// one answer that ends what the server has to say to it, so that the n-th message is answered by the n-th of these,
/// unless an error ends the segment before:
///
///     Parse     ParseComplete                    Execute  CommandComplete, EmptyQueryResponse or PortalSuspended
///     Bind      BindComplete                     Close    CloseComplete
///     Describe  RowDescription or NoData
///
/// Source: PostgreSQL, protocol-flow.html, "Extended Query"
@frozen public struct StreamPosition: Equatable, Sendable {
    public var segment: UInt32
    public var index: UInt32

    package init(segment: UInt32 = 0, index: UInt32 = 0) {
        self.segment = segment
        self.index = index
    }
}

/// How far a client and its server have come in their conversation.
public struct StreamCounts: Sendable {
    /// Where the next message of the client belongs.
    package internal(set) var sent = StreamPosition()
    /// Where the next answer of the server belongs.
    public var received = StreamPosition()
    /// The server skips what is still to come of the segment that it answers, after an error.
    var hasFailed = false
    /// The messages of the segment before the one that is being sent.
    private var previousIndex: UInt32 = 0

    package init() {}

    /// What the client sends now is skipped by the server, up to the next Sync.
    var isSkipping: Bool { hasFailed && sent.segment == received.segment }

    /// The client has sent a message that ends its segment.
    mutating func endSegment() {
        previousIndex = sent.index
        sent = StreamPosition(segment: sent.segment &+ 1, index: 0)
    }

    /// The server ignores the Sync that ended the segment before this one.
    mutating func rejoinSegments() {
        sent = StreamPosition(segment: sent.segment &- 1, index: sent.index &+ previousIndex)
        previousIndex = 0
    }

    /// The server has sent ReadyForQuery.
    mutating func beginNextAnswer() {
        hasFailed = false
        received = StreamPosition(segment: received.segment &+ 1, index: 0)
    }
}
