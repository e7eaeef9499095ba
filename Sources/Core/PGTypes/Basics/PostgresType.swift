/// A data type of PostgreSQL: its number, and for those that a database defined what is known of them.
///
/// PostgreSQL's own types are static members (``int4``, ``text``, …) and are known everywhere. Types that users or
/// extensions define have other numbers in every database; ``PostgresTypeCatalog`` learns them there. A type of which
/// only the number is known travels as text.
///
/// Two types are equal when their numbers are.
public struct PostgresType: Sendable {
    /// The number in `pg_type.oid`; 0 is ``unspecified``.
    public let oid: UInt32
    @usableFromInline let definition: Definition?

    /// A type of which the number is all that is known, unless it is PostgreSQL's own.
    @inlinable
    public init(oid: UInt32) {
        self.oid = oid
        definition = nil
    }

    /// A type that a database defined.
    public init(oid: UInt32, name: String, kind: Kind) {
        self.oid = oid
        definition = Definition(name: name, kind: kind)
    }

    /// What a type is made of.
    public enum Kind: Sendable {
        /// A type with functions of its own.
        case base
        /// One of several labels, in their order.
        case `enum`(labels: [String])
        /// Another type with conditions.
        case domain(over: PostgresType)
        /// An array, of any dimension.
        case array(of: PostgresType)
        /// A range between two bounds.
        case range(of: PostgresType)
        /// Any number of ranges.
        case multirange(of: PostgresType)
        /// A row with named fields.
        case composite([Field])
        /// A row whose fields are told with each value, in binary only.
        case record
        /// Not PostgreSQL's own, and not looked up.
        case unknown
    }

    /// A field of a composite type.
    public struct Field: Sendable {
        /// Its name, `pg_attribute.attname`.
        public var name: String
        /// Its type.
        public var type: PostgresType

        /// A field of that name and type.
        public init(name: String, type: PostgresType) {
            self.name = name
            self.type = type
        }
    }

    /// Shared by all copies, so that a type is two words.
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
    /// Whether the numbers are equal.
    @inlinable
    public static func == (left: PostgresType, right: PostgresType) -> Bool { left.oid == right.oid }

    /// Feeds the number.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(oid) }
}

extension PostgresType: CustomStringConvertible {
    /// The name, as SQL writes it: `int4`, `text[]`; `type 16400` if it is not known.
    public var description: String { name }

    /// The name, as SQL writes it: `int4`, `text[]`; `type 16400` if it is not known.
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
