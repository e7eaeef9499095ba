extension PostgresType {
    /// The structure of the type: an array, a range, a composite type and so on.
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

    /// The array type with elements of this type; `nil` if this is not a built-in type.
    public var array: PostgresType? { WellKnownTypes.array(of: oid).type }

    /// The range type over this type; `nil` if there is no built-in one.
    public var range: PostgresType? { WellKnownTypes.range(of: oid).type }

    /// The multirange type of this range type; `nil` if there is no built-in one.
    public var multirange: PostgresType? { WellKnownTypes.multirange(of: oid).type }

    /// The type of the array's elements; `nil` if this is not an array type.
    public var element: PostgresType? {
        guard let definition else { return WellKnownTypes.element(of: oid).type }
        return if case .array(let element) = definition.kind { element } else { nil }
    }

    /// The type of the range's or multirange's bounds; `nil` if this is neither.
    public var bound: PostgresType? {
        switch kind {
        case .range(let bound): bound
        case .multirange(let range): range.bound
        default: nil
        }
    }

    /// The type below all domains; usually the type itself.
    public var underlying: PostgresType {
        guard let definition, case .domain(let base) = definition.kind else { return self }
        return base.underlying
    }

    /// Whether only the OID is known: the type is neither built in nor looked up.
    public var isUnknown: Bool {
        definition == nil && WellKnownTypes.name(of: oid) == nil && WellKnownTypes.element(of: oid) == 0
    }

    /// The format to request and to send: binary wherever this module supports it.
    ///
    /// Text otherwise: for unknown types, and for those whose binary form depends on the server (`aclitem`).
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
