/// A PostgreSQL data type: its OID and, for a type defined in a database, its looked-up definition.
///
/// PostgreSQL's built-in types are static members (``int4``, ``text``, …) and are always known. Types that users or
/// extensions define have different OIDs in every database; a ``PostgresTypeCatalog`` learns them. A type of which only
/// the OID is known is sent and received as text.
///
/// Two types are equal if their OIDs are.
public struct PostgresType: Sendable {
    /// The type's `pg_type.oid`; 0 is ``unspecified``.
    public let oid: UInt32
    @usableFromInline let definition: Definition?

    /// Creates a type from its OID alone. Only built-in types have a known definition then.
    @inlinable
    public init(oid: UInt32) {
        self.oid = oid
        definition = nil
    }

    /// Creates a type defined in a database.
    public init(oid: UInt32, name: String, kind: Kind) {
        self.oid = oid
        definition = Definition(name: name, kind: kind)
    }

    /// The structure of a type.
    public enum Kind: Sendable {
        /// A base type, with its own input and output functions.
        case base
        /// One of several labels, in their sort order.
        case `enum`(labels: [String])
        /// Another type with constraints.
        case domain(over: PostgresType)
        /// An array with any number of dimensions.
        case array(of: PostgresType)
        /// A range between two bounds.
        case range(of: PostgresType)
        /// Any number of ranges.
        case multirange(of: PostgresType)
        /// A row with named fields.
        case composite([Field])
        /// A row whose fields are described in each value, in binary format only.
        case record
        /// Neither built in nor looked up.
        case unknown
    }

    /// A field of a composite type.
    public struct Field: Sendable {
        /// The field's name, `pg_attribute.attname`.
        public var name: String
        /// The field's type.
        public var type: PostgresType

        /// Creates a field.
        public init(name: String, type: PostgresType) {
            self.name = name
            self.type = type
        }
    }

    /// Shared by all copies, so that a type occupies two words.
    @usableFromInline
    final class Definition: Sendable {
        let name: String
        let kind: Kind

        init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }
}

extension PostgresType: Hashable {
    /// Whether the OIDs are equal.
    @inlinable
    public static func == (left: PostgresType, right: PostgresType) -> Bool { left.oid == right.oid }

    /// Hashes the OID.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(oid) }
}

extension PostgresType: CustomStringConvertible {
    /// The name as SQL writes it: `int4`, `text[]`; `type 16400` if it is not known.
    public var description: String { name }

    /// The name as SQL writes it: `int4`, `text[]`; `type 16400` if it is not known.
    public var name: String {
        if let definition {
            if case .array(let element) = definition.kind { return element.name + "[]" }
            return definition.name
        }
        if oid == 0 { return "unspecified type" }
        if let name = WellKnownTypes.name(of: oid) { return name }
        let element = WellKnownTypes.element(of: oid)
        return if element == 0 { "type \(oid)" } else { PostgresType(oid: element).name + "[]" }
    }
}
