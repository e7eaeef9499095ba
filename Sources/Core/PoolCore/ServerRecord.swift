import MonotonicTime

/// A server connection, from the wish to open it until it is lost.
struct ServerRecord: Sendable {
    var id: UInt64
    var pool: Int32
    var database: Int32
    var user: Int32
    var home: UInt16
    var place = Place.gone
    /// Marked for closing.
    var isDirty = false
    /// Has been linked since it logged in.
    var wasUsed = false
    /// Its lifetime is over: it has left `young` and is in `overdue` while idle or used.
    var isExpired = false
    /// A reset query must run once the cancel requests are through.
    var needsReset = false
    /// The linked client.
    var client = ClientID(rawValue: 0)
    /// When connecting began.
    var launchedAt: Instant
    /// When it came to its place; kept when an idle server becomes a used one.
    var since: Instant
    /// Cancel requests for it that were sent and are not finished.
    var sentCancels = 0
    /// Cancel requests for it that were not sent yet.
    var unsentCancels = IndexList()
}
