import PGTypes
import Synchronization

/// What the connections to one database have learned of its types.
package final class SharedTypeCatalog: Sendable {
    private struct Knowledge {
        var catalog = PostgresTypeCatalog()
        // Asked for and not found: they are not asked for again.
        var nameless: Set<UInt32> = []
    }

    private let knowledge = Mutex(Knowledge())

    package init() {}

    var snapshot: PostgresTypeCatalog { knowledge.withLock { $0.catalog } }

    /// Those that have to be looked up.
    func unknown(in oids: [UInt32]) -> [UInt32] {
        // Most statements have PostgreSQL's own types only, and need no lock to see it.
        guard oids.contains(where: { PostgresType(oid: $0).isUnknown }) else { return [] }
        return knowledge.withLock { knowledge in
            knowledge.catalog.unknown(in: oids).filter { !knowledge.nameless.contains($0) }
        }
    }

    func learn(_ entries: [PostgresTypeCatalog.Entry], asked: [UInt32]) {
        knowledge.withLock { knowledge in
            knowledge.catalog.learn(entries)
            knowledge.nameless.formUnion(knowledge.catalog.unknown(in: asked))
        }
    }
}
