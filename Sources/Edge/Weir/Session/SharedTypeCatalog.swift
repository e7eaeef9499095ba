import PGTypes
import Synchronization

/// The types that the connections to one database have looked up.
package final class SharedTypeCatalog: Sendable {
    private struct Contents {
        var catalog = PostgresTypeCatalog()
        // Looked up and not found: they are not looked up again.
        var unresolved: Set<UInt32> = []
    }

    private let contents = Mutex(Contents())

    package init() {}

    var snapshot: PostgresTypeCatalog { contents.withLock { $0.catalog } }

    /// Returns those that have to be looked up.
    func unknown(in oids: [UInt32]) -> [UInt32] {
        // Most statements use only PostgreSQL's built-in types, which are checked without the lock.
        guard oids.contains(where: { PostgresType(oid: $0).isUnknown }) else { return [] }
        return contents.withLock { contents in
            contents.catalog.unknown(in: oids).filter { !contents.unresolved.contains($0) }
        }
    }

    func learn(_ entries: [PostgresTypeCatalog.Entry], asked: [UInt32]) {
        contents.withLock { contents in
            contents.catalog.learn(entries)
            contents.unresolved.formUnion(contents.catalog.unknown(in: asked))
        }
    }
}
