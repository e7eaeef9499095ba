import PGWire
import RelayCore

/// For tests that do not look at the counts.
extension RequestTracker {
    mutating func clientSent(_ type: MessageType) -> Bool {
        var counts = StreamCounts()
        return clientSent(type, &counts)
    }

    mutating func serverSent(_ type: MessageType) {
        var counts = StreamCounts()
        serverSent(type, &counts)
    }

    mutating func serverSentReadyForQuery() -> Bool {
        var counts = StreamCounts()
        return serverSentReadyForQuery(&counts)
    }
}
