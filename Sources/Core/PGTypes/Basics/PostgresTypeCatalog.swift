/// The looked-up definitions of a database's own types.
///
/// Run ``query`` with the OIDs that ``unknown(in:)`` returns, pass its rows to ``learn(_:)``, and repeat until none is
/// unknown. The query also returns the types a type is composed of, so one run is usually enough.
public struct PostgresTypeCatalog: Sendable {
    private var types: [UInt32: PostgresType] = [:]
    private var entries: [UInt32: Entry] = [:]

    /// Creates a catalog that knows only PostgreSQL's built-in types.
    public init() {}

    /// Looks up types and all types they are composed of. `$1` is an array of OIDs; the columns are those of ``Entry``.
    public static let query = """
        WITH RECURSIVE wanted(oid) AS (
            SELECT unnest($1::oid[])
            UNION
            SELECT part.oid FROM wanted JOIN pg_catalog.pg_type t ON t.oid = wanted.oid
            CROSS JOIN LATERAL (
                SELECT t.typelem UNION ALL SELECT t.typbasetype
                UNION ALL SELECT rngsubtype FROM pg_catalog.pg_range WHERE rngtypid = t.oid
                UNION ALL SELECT rngtypid FROM pg_catalog.pg_range WHERE rngmultitypid = t.oid
                UNION ALL SELECT atttypid FROM pg_catalog.pg_attribute
                          WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped
            ) AS part(oid) WHERE part.oid >= 16384)
        SELECT t.oid, t.typname::text, t.typtype::text,
               CASE WHEN t.typinput = 'pg_catalog.array_in'::regproc THEN t.typelem ELSE 0::oid END,
               t.typbasetype, coalesce(r.rngsubtype, m.rngtypid, 0::oid),
               ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
               ARRAY(SELECT attname::text FROM pg_catalog.pg_attribute
                     WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
               ARRAY(SELECT atttypid FROM pg_catalog.pg_attribute
                     WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
        FROM wanted JOIN pg_catalog.pg_type t ON t.oid = wanted.oid
        LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
        LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = t.oid
        """

    /// One row of ``query``.
    public struct Entry: Sendable {
        /// `pg_type.oid`.
        public var oid: UInt32
        /// `pg_type.typname`.
        public var name: String
        /// `pg_type.typtype`: `b`, `c`, `d`, `e`, `m`, `p` or `r`.
        public var kind: String
        /// The element's type if this is an array, otherwise 0.
        public var element: UInt32 = 0
        /// The type under a domain, otherwise 0.
        public var base: UInt32 = 0
        /// The type of a range's bounds, or the range of a multirange, otherwise 0.
        public var related: UInt32 = 0
        /// The labels of an enum.
        public var labels: [String] = []
        /// The fields of a composite type.
        public var fields: [(name: String, oid: UInt32)] = []

        /// Creates an entry for a type without components.
        public init(oid: UInt32, name: String, kind: String) {
            self.oid = oid
            self.name = name
            self.kind = kind
        }

        /// Reads a row of ``PostgresTypeCatalog/query``.
        public init(_ row: PostgresRow) throws(PostgresDecodingError) {
            let names: [String], oids: [UInt32]
            (oid, name, kind, element, base, related, labels, names, oids) = try row.decode(
                (UInt32, String, String, UInt32, UInt32, UInt32, [String], [String], [UInt32]).self)
            fields = Array(zip(names, oids))
        }
    }

    /// Adds types, replacing those learned before.
    public mutating func learn(_ entries: [Entry]) {
        for entry in entries { self.entries[entry.oid] = entry }
        // Every type is resolved again, since one learned earlier may refer to one that changed.
        types = [:]
        for oid in self.entries.keys.sorted() { _ = resolve(oid, inside: []) }
    }

    /// The type with the OID, with its definition if it has been learned.
    public subscript(oid: UInt32) -> PostgresType { types[oid] ?? PostgresType(oid: oid) }

    /// The OIDs that are neither built in nor learned.
    public func unknown(in oids: some Sequence<UInt32>) -> [UInt32] {
        var seen: Set<UInt32> = []
        return oids.filter { self[$0].isUnknown && $0 != 0 && seen.insert($0).inserted }
    }

    /// PostgreSQL creates no type that contains itself; if it did, that type would stay unknown inside itself.
    private mutating func resolve(_ oid: UInt32, inside outer: [UInt32]) -> (type: PostgresType, isWhole: Bool) {
        if let known = types[oid] { return (known, true) }
        guard let entry = entries[oid], !outer.contains(oid), outer.count < 32 else {
            return (PostgresType(oid: oid), entries[oid] == nil)
        }
        var isWhole = true
        func part(_ oid: UInt32) -> PostgresType {
            let part = resolve(oid, inside: outer + [entry.oid])
            isWhole = isWhole && part.isWhole
            return part.type
        }
        let kind: PostgresType.Kind =
            switch entry.kind {
            case "e": .enum(labels: entry.labels)
            case "d": .domain(over: part(entry.base))
            case "r": .range(of: part(entry.related))
            case "m": .multirange(of: part(entry.related))
            case "c": .composite(entry.fields.map { .init(name: $0.name, type: part($0.oid)) })
            default: entry.element == 0 ? .base : .array(of: part(entry.element))
            }
        let type = PostgresType(oid: oid, name: entry.name, kind: kind)
        if isWhole || outer.isEmpty { types[oid] = type }
        return (type, isWhole)
    }
}
