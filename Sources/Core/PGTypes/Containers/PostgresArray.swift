/// An array with its dimensions: up to six, each with its own lower bound.
///
/// For arrays whose indices begin at 1, as almost all do, plain Swift arrays are simpler: `[Int]`, `[[Int?]]`.
public struct PostgresArray<Element> {
    /// One dimension of an array.
    public struct Dimension: Hashable, Sendable {
        /// The number of elements.
        public var count: Int
        /// The index of the first element.
        public var lowerBound: Int

        /// Creates a dimension; by default its indices begin at 1.
        @inlinable
        public init(count: Int, lowerBound: Int = 1) {
            self.count = count
            self.lowerBound = lowerBound
        }
    }

    /// The dimensions, the outermost first; empty for the empty array.
    public let dimensions: [Dimension]
    /// The elements in row-major order: the last index varies fastest.
    public let elements: [Element]

    /// Creates an array of one dimension.
    @inlinable
    public init(_ elements: [Element], lowerBound: Int = 1) {
        dimensions = elements.isEmpty ? [] : [Dimension(count: elements.count, lowerBound: lowerBound)]
        self.elements = elements
    }

    /// Creates an array of several dimensions; `nil` if they do not match the number of elements or PostgreSQL does not
    /// allow them.
    public init?(_ elements: [Element], dimensions: [Dimension]) {
        var total = dimensions.isEmpty ? 0 : 1
        guard dimensions.count <= 6 else { return nil }
        for dimension in dimensions {
            guard dimension.count > 0, Int32(exactly: dimension.count) != nil else { return nil }
            guard let lower = Int32(exactly: dimension.lowerBound) else { return nil }
            guard !lower.addingReportingOverflow(Int32(dimension.count)).overflow else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: dimension.count)
            guard !overflow else { return nil }
            total = product
        }
        guard total == elements.count else { return nil }
        self.init(checked: elements, dimensions: dimensions)
    }

    @inlinable
    init(checked elements: [Element], dimensions: [Dimension]) {
        self.elements = elements
        self.dimensions = dimensions
    }

    /// The element at PostgreSQL's indices, one for each dimension; `nil` if there is none.
    public subscript(indices: Int...) -> Element? {
        guard indices.count == dimensions.count, !indices.isEmpty else { return nil }
        var offset = 0
        for (index, dimension) in zip(indices, dimensions) {
            let (place, overflow) = index.subtractingReportingOverflow(dimension.lowerBound)
            guard !overflow, (0..<dimension.count).contains(place) else { return nil }
            offset = offset * dimension.count + place
        }
        return elements[offset]
    }
}

extension PostgresArray: Sendable where Element: Sendable {}
extension PostgresArray: Equatable where Element: Equatable {}
extension PostgresArray: Hashable where Element: Hashable {}

extension PostgresArray: PostgresDecodable where Element: PostgresDecodable {
    /// Reads an array with any number of dimensions.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        self = try value.decodeArray(for: Self.self) { (array) throws(PostgresDecodingError) in
            var elements: [Element] = [], dimensions: [Dimension] = []
            elements.reserveCapacity(array.count)
            array.depth = array.dimensionCount
            for _ in 0..<array.count { elements.append(try array.next(Element.self)) }
            // If any dimension is empty, the array is empty.
            for index in 0..<(array.count == 0 ? 0 : array.dimensionCount) {
                dimensions.append(Dimension(count: Int(array.counts[index]), lowerBound: Int(array.lowerBounds[index])))
            }
            return PostgresArray(checked: elements, dimensions: dimensions)
        }
    }
}

extension PostgresArray: PostgresEncodable where Element: PostgresEncodable {
    /// The array type of the elements' type.
    @inlinable public static var postgresType: PostgresType { Element.postgresType.array ?? .unspecified }

    /// The format of the elements.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        type.underlying.element.map(Element.postgresFormat(for:)) ?? type.preferredFormat
    }

    /// Appends the array.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        let type = type.underlying
        if format == .binary, type.element == nil {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        if format == .text, !type.isVector, dimensions.contains(where: { $0.lowerBound != 1 }) {
            for dimension in dimensions {
                writer.write("[\(dimension.lowerBound):\(dimension.lowerBound + dimension.count - 1)]")
            }
            writer.write("=")
        }
        // A vector has its one dimension even if it is empty.
        let dimensions = type.isVector && dimensions.isEmpty ? [Dimension(count: 0, lowerBound: 0)] : dimensions
        let start = writer.count
        var array = PostgresArrayWriter(of: type, nesting: dimensions.count, format: format, taking: &writer)
        defer { writer = array.writer }
        if dimensions.isEmpty {
            if format == .text { array.writer.write("{}") }
            return
        }
        var offset = 0
        try append(to: &array, dimensions[...], &offset)
        array.finish()
        guard format == .binary, !type.isVector else { return }
        for (index, dimension) in dimensions.enumerated() {
            array.writer.patch(Int32(clamping: dimension.lowerBound), at: start + 16 + 8 * index)
        }
    }

    private func append(
        to array: inout PostgresArrayWriter, _ rest: ArraySlice<Dimension>, _ offset: inout Int
    ) throws(PostgresEncodingError) {
        guard let dimension = rest.first else {
            try array.append(elements[offset])
            offset += 1
            return
        }
        try array.open(dimension.count, Self.self)
        for _ in 0..<dimension.count { try append(to: &array, rest.dropFirst(), &offset) }
        array.close()
    }
}
