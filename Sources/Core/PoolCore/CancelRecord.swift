import MonotonicTime

/// A cancel request.
struct CancelRecord: Sendable {
    enum Stage: UInt8, Sendable { case queued, connecting, sent }

    var id: UInt64
    var pool: Int32
    var target: ServerID
    var worker: UInt16
    var stage = Stage.queued
    var since: Instant
}
