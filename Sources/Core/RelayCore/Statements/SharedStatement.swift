import Synchronization

/// A named prepared statement as its query and parameter types determine it, whatever each client calls it.
///
/// Clients that prepare the same text share one, on all workers, and a server that has prepared it for one client has
/// it for all of them. Servers know it by ``serverName``.
public final class SharedStatement: Sendable {
    /// Unique in this process, and never given to another statement.
    package let number: UInt64
    /// What follows the name in its Parse message: query, number of parameter types, types.
    package let body: [UInt8]
    /// ``namePrefix`` and the number, as PgBouncer names them: operators look for these in `pg_prepared_statements`.
    package let serverName: [UInt8]
    package static let namePrefix = "PGBOUNCER_"
    /// Grows when the plans of this statement have become unusable, which every server that has prepared it must learn.
    private let revisionCount = Atomic<UInt32>(0)

    init(number: UInt64, body: [UInt8]) {
        self.number = number
        self.body = body
        serverName = Array("\(Self.namePrefix)\(number)".utf8)
    }

    package var revision: UInt32 { revisionCount.load(ordering: .relaxed) }

    /// Has every server prepare the statement again before its next use.
    package func invalidatePlans() { revisionCount.add(1, ordering: .relaxed) }
}

/// Finds the ``SharedStatement`` of a text.
///
/// A statement lives as long as a client has a name for it or a server has prepared it; the registry itself keeps none
/// alive longer than until its next sweep.
package struct StatementRegistry: Sendable {
    private struct Entry {
        weak var statement: SharedStatement?
    }

    private var entries: [[UInt8]: Entry] = [:]
    private var lastNumber: UInt64 = 0
    /// The bytes of the texts that were added since the last sweep, and how many may be added before the next.
    private var addedBytes = 0
    private var allowance = Self.leastAllowance

    /// Texts of this many bytes are added between two sweeps, or as many as were in use at the last one if that is
    /// more: the cost of a sweep is then a constant for each byte that was added.
    private static let leastAllowance = 1 << 20
    /// What an entry takes besides its text.
    private static let overhead = 200

    package init() {}

    /// How many texts are known, including those that the next sweep removes.
    package var count: Int { entries.count }

    /// The statement of a Parse message whose bytes after the name are `body`. Amortised O(length).
    package mutating func statement(_ body: [UInt8]) -> SharedStatement {
        if let known = entries[body]?.statement { return known }
        addedBytes += body.count + Self.overhead
        if addedBytes > allowance { sweep() }
        lastNumber += 1
        let statement = SharedStatement(number: lastNumber, body: body)
        // The statement's own array, so that the text is kept once.
        entries[statement.body] = Entry(statement: statement)
        return statement
    }

    /// Forgets the texts that nobody uses.
    private mutating func sweep() {
        entries = entries.filter { $0.value.statement != nil }
        let used = entries.keys.reduce(0) { $0 + $1.count + Self.overhead }
        allowance = max(Self.leastAllowance, used)
        addedBytes = 0
    }
}
