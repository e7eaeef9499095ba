/// An array of one dimension or, nested, of several; `[UInt8]` is `bytea`.
///
/// `[Int]` reads arrays of one dimension, `[[Int]]` of two, and so on; both read the empty array, which has no
/// dimensions. An array that contains NULLs is `[Int?]`. Lower bounds other than 1 are dropped; ``PostgresArray`` keeps
/// them.
extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads an array, or bytes into `[UInt8]`.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        if Element.self == UInt8.self, value.type.underlying == .bytea || value.type.isUnknown,
            let bytes = try value.decodeBytes() as? Self
        {
            self = bytes
            return
        }
        self = try value.decodeArray(for: Self.self) { (reader) throws(PostgresDecodingError) in
            // The first dimension alone does not bound the size: it may be 2³¹ empty arrays.
            reader.count == 0 ? [] : try reader.array(of: Element.self)
        }
    }

    /// Reads one dimension of the array, or the whole element when all dimensions are consumed.
    @inlinable
    public init(elementOf array: inout PostgresArrayReader) throws(PostgresDecodingError) {
        if array.depth < array.dimensionCount {
            self = try array.array(of: Element.self)
        } else {
            self = try array.next(Self.self)
        }
    }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// The array type of the elements' type; `bytea` for `[UInt8]`.
    @inlinable public static var postgresType: PostgresType {
        if Element.self == UInt8.self { return .bytea }
        return if Element.arrayNesting > 0 { Element.postgresType } else { Element.postgresType.array ?? .unspecified }
    }

    /// The format of the elements.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        guard let element = type.underlying.element else { return type.preferredFormat }
        return Element.arrayNesting > 0 ? Element.postgresFormat(for: type) : Element.postgresFormat(for: element)
    }

    /// Appends an array, or bytes from `[UInt8]`.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        let type = type.underlying
        if Element.self == UInt8.self, type.element == nil, let bytes = self as? [UInt8] {
            return try bytes.encodeBytes(into: &writer, as: type, in: format)
        }
        if format == .binary, type.element == nil {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        var array = PostgresArrayWriter(of: type, nesting: Self.arrayNesting, format: format, taking: &writer)
        defer { writer = array.writer }
        try encodeElement(into: &array)
        array.finish()
    }

    /// Writes one dimension of the array, or appends bytes from `[UInt8]`.
    @inlinable
    public func encodeElement(into array: inout PostgresArrayWriter) throws(PostgresEncodingError) {
        if Self.arrayNesting == 0 { return try array.append(self) }
        try array.open(count, Self.self)
        for element in self { try element.encodeElement(into: &array) }
        array.close()
    }

    /// One more than the nesting of the elements; 0 for `[UInt8]`.
    @inlinable public static var arrayNesting: Int { Element.self == UInt8.self ? 0 : Element.arrayNesting + 1 }
}
