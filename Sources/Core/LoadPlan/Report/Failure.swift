/// The kind of failure of a transaction or a connection.
package struct FailureKind: Hashable, Sendable {
    package enum Stage: String, Sendable {
        /// Opening a connection, logging in or preparing.
        case connecting
        /// The server rejected a statement; the connection remains usable.
        case statement
        /// The connection broke in the middle of a transaction.
        case transaction
        /// The connection broke while it was idle.
        case idle
    }

    package var stage: Stage
    /// An SQLSTATE if the server sent one, or a word for the event: `timeout`, `closed`, `protocol`, `ECONNREFUSED`.
    package var code: String

    package init(_ stage: Stage, _ code: String) {
        self.stage = stage
        self.code = code
    }
}

/// The number of failures of one kind.
package struct FailureCount: Hashable, Sendable {
    package let kind: FailureKind
    /// The message of the first of them.
    package let firstMessage: String
    package var count: UInt64
}

/// Failures counted by kind, in the order in which the kinds first occurred.
package struct FailureCounts: Hashable, Sendable {
    package private(set) var entries: [FailureCount] = []

    /// The limit of kinds, so that a server that invents codes does not exhaust memory: further kinds are counted as
    /// `others`.
    private static let limit = 100
    private static let others = "others"

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }
    package var total: UInt64 { entries.reduce(0) { $0 + $1.count } }

    package mutating func record(_ kind: FailureKind, _ message: String, count: UInt64 = 1) {
        if let index = entries.firstIndex(where: { $0.kind == kind }) {
            entries[index].count += count
        } else if entries.count < Self.limit || kind.code == Self.others {
            entries.append(FailureCount(kind: kind, firstMessage: message, count: count))
        } else {
            record(FailureKind(kind.stage, Self.others), message, count: count)
        }
    }

    package mutating func merge(_ other: FailureCounts) {
        for entry in other.entries { record(entry.kind, entry.firstMessage, count: entry.count) }
    }
}
