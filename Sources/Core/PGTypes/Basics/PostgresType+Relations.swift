extension PostgresType {
    /// What the type is made of.
    public var kind: Kind {
        if let definition { return definition.kind }
        let element = WellKnownTypes.element(of: oid)
        if element != 0 { return .array(of: PostgresType(oid: element)) }
        let bound = WellKnownTypes.bound(of: oid)
        if bound != 0 { return .range(of: PostgresType(oid: bound)) }
        let range = WellKnownTypes.range(ofMultirange: oid)
        if range != 0 { return .multirange(of: PostgresType(oid: range)) }
        if oid == PostgresType.record.oid { return .record }
        return WellKnownTypes.name(of: oid) == nil ? .unknown : .base
    }

    /// The array of this type; `nil` if the type is not PostgreSQL's own.
    public var array: PostgresType? { WellKnownTypes.array(of: oid).type }

    /// The range of this type; `nil` if there is none among PostgreSQL's own.
    public var range: PostgresType? { WellKnownTypes.range(of: oid).type }

    /// The multirange of this range; `nil` if there is none among PostgreSQL's own.
    public var multirange: PostgresType? { WellKnownTypes.multirange(of: oid).type }

    /// What the array's elements are; `nil` if this is not an array.
    public var element: PostgresType? {
        guard let definition else { return WellKnownTypes.element(of: oid).type }
        return if case .array(let element) = definition.kind { element } else { nil }
    }

    /// What the range's or multirange's bounds are; `nil` if this is neither.
    public var bound: PostgresType? {
        switch kind {
        case .range(let bound): bound
        case .multirange(let range): range.bound
        default: nil
        }
    }

    /// The type under all domains; most often the type itself.
    public var underlying: PostgresType {
        guard let definition, case .domain(let base) = definition.kind else { return self }
        return base.underlying
    }

    /// Whether nothing but the number is known: not PostgreSQL's own, and not looked up.
    public var isUnknown: Bool {
        definition == nil && WellKnownTypes.name(of: oid) == nil && WellKnownTypes.element(of: oid) == 0
    }

    /// The format to ask for, and to send in: binary wherever this module reads and writes it.
    ///
    /// Text for the rest: types that are not known, and those whose binary form is their server's affair (`aclitem`).
    public var preferredFormat: PostgresFormat { hasBinaryForm ? .binary : .text }

    private var hasBinaryForm: Bool {
        switch kind {
        case .base: definition == nil ? oid != PostgresType.aclitem.oid : isHStore || isText
        case .enum, .record: true
        case .domain(let type), .array(let type), .range(let type), .multirange(let type): type.hasBinaryForm
        case .composite(let fields): fields.allSatisfy { $0.type.hasBinaryForm }
        case .unknown: false
        }
    }

    /// Whether the binary form is the text itself.
    @usableFromInline var isText: Bool {
        switch oid {
        case 25, 1043, 1042, 19, 705, 114, 142, 1790, 2275: return true
        default:
            guard let definition else { return false }
            return switch definition.kind {
            case .enum: true
            case .base: definition.name == "citext"
            case .domain(let base): base.isText
            default: false
            }
        }
    }

    var isHStore: Bool {
        guard let definition, case .base = definition.kind else { return false }
        return definition.name == "hstore"
    }
}

extension UInt32 {
    fileprivate var type: PostgresType? { self == 0 ? nil : PostgresType(oid: self) }
}
