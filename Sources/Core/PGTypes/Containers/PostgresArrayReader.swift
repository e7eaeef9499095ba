/// Reads the elements of one array one after the other.
///
///     Int32 dimensions | Int32 has NULLs | Oid element | dimensions × (Int32 count | Int32 lower bound) | elements
///     element: Int32 length, −1 for NULL | bytes
///
/// Source: PostgreSQL, src/backend/utils/adt/arrayfuncs.c, array_send; the limit of six dimensions is MAXDIM.
public struct PostgresArrayReader: ~Escapable {
    /// The type of the elements.
    public let elementType: PostgresType
    /// The number of dimensions, 0…6; 0 is the empty array.
    public let dimensionCount: Int
    /// The total number of elements.
    public let count: Int
    // The dimension of the next nested array.
    @usableFromInline var depth = 0
    @usableFromInline let counts: SIMD8<Int32>
    @usableFromInline let lowerBounds: SIMD8<Int32>
    @usableFromInline let format: PostgresFormat
    @usableFromInline var rest: RawSpan

    /// Reads an array's header.
    ///
    /// - Parameter value: an array in binary, or in text and converted to the same layout by ``ArrayText``.
    @inlinable
    @_lifetime(copy value)
    init<Target>(_ value: PostgresValue, elements format: PostgresFormat, for target: Target.Type)
        throws(PostgresDecodingError)
    {
        var reader = PostgresReader(value, for: target)
        let dimensions = try reader.integer(Int32.self)
        let hasNulls = try reader.integer(Int32.self)
        let oid = try reader.integer(UInt32.self)
        guard (0...6).contains(dimensions), (0...1).contains(hasNulls) else { throw reader.malformed }
        var counts = SIMD8<Int32>(), lowerBounds = SIMD8<Int32>(), total = dimensions == 0 ? 0 : 1
        for dimension in 0..<Int(dimensions) {
            counts[dimension] = try reader.integer()
            lowerBounds[dimension] = try reader.integer()
            let (product, overflow) = total.multipliedReportingOverflow(by: Int(counts[dimension]))
            guard !overflow, counts[dimension] >= 0 else { throw reader.malformed }
            total = product
        }
        // Every element has a length word: memory is taken only for elements that the value can contain.
        guard total <= reader.remaining / 4, total > 0 || reader.remaining == 0 else { throw reader.malformed }
        let known = value.type.element
        self.elementType = if let known, known.oid == oid || format == .text { known } else { PostgresType(oid: oid) }
        self.dimensionCount = Int(dimensions)
        self.count = total
        self.counts = counts
        self.lowerBounds = lowerBounds
        self.format = format
        rest = reader.rest
    }

    /// Reads the next element, whichever dimension it is in.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func next<Element: PostgresDecodable>(_: Element.Type) throws(PostgresDecodingError) -> Element {
        guard depth == dimensionCount else { throw error(.wrongDimensions, Element.self) }
        guard rest.byteCount >= 4 else { throw error(.malformed, Element.self) }
        let length = Int(Int32(bigEndian: unsafe rest.unsafeLoadUnaligned(as: Int32.self)))
        rest = rest.extracting(droppingFirst: 4)
        if length == -1 { return try Element.decodingNull(of: elementType) }
        guard length >= 0, length <= rest.byteCount else { throw error(.malformed, Element.self) }
        let bytes = rest.extracting(first: length)
        rest = rest.extracting(droppingFirst: length)
        return try Element(decoding: PostgresValue(bytes, type: elementType, format: format))
    }

    /// Reads the next nested array, which consumes one dimension.
    @inlinable
    @_lifetime(self: copy self)
    mutating func array<Element: PostgresDecodable>(of _: Element.Type) throws(PostgresDecodingError) -> [Element] {
        let count = Int(counts[depth])
        var elements: [Element] = []
        elements.reserveCapacity(count)
        depth += 1
        for _ in 0..<count { elements.append(try Element(elementOf: &self)) }
        depth -= 1
        return elements
    }

    @inlinable
    func error<Target>(_ code: PostgresDecodingError.Code, _ target: Target.Type) -> PostgresDecodingError {
        PostgresDecodingError(code, type: elementType, format: format, target: target)
    }

    @inlinable
    func finish<Target>(_ target: Target.Type) throws(PostgresDecodingError) {
        guard rest.byteCount == 0 else { throw error(.malformed, target) }
    }
}

extension PostgresValue {
    /// Reads this value as an array.
    @inlinable
    func decodeArray<Target, Result>(
        for target: Target.Type, _ body: (inout PostgresArrayReader) throws(PostgresDecodingError) -> Result
    ) throws(PostgresDecodingError) -> Result {
        guard type.underlying.element != nil || format == .text && type.isUnknown else {
            throw error(.typeMismatch, target)
        }
        if format == .binary {
            var reader = try PostgresArrayReader(self.as(type.underlying), elements: .binary, for: target)
            let result = try body(&reader)
            try reader.finish(target)
            return result
        }
        guard let converted = ArrayText.toBinaryLayout(bytes, delimiter: type.underlying.arrayDelimiter) else {
            throw error(.malformed, target)
        }
        let value = PostgresValue(unsafe converted.span.bytes, type: type.underlying, format: .text)
        var reader = try PostgresArrayReader(value, elements: .text, for: target)
        return try body(&reader)
    }
}

extension PostgresType {
    /// The separator of an array's elements in text: a comma, except for boxes.
    @usableFromInline var arrayDelimiter: UInt8 {
        isVector ? UInt8(ascii: " ") : element?.underlying == .box ? UInt8(ascii: ";") : UInt8(ascii: ",")
    }

    /// Whether this is `int2vector` or `oidvector`.
    @usableFromInline var isVector: Bool { oid == 22 || oid == 30 }
}
