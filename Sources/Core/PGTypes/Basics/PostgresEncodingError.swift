/// The error thrown when a value cannot be sent.
///
/// It names the PostgreSQL type and the Swift type, never the value.
public struct PostgresEncodingError: Error, Sendable {
    /// The kind of error.
    public var code: Code
    /// The PostgreSQL type that was expected.
    public var type: PostgresType
    /// The Swift type.
    public var source: any Any.Type
    /// The parameter's index, counted from 0, if known.
    public var index: Int?

    /// Creates an error without an index; the code that collects the parameters adds it.
    public init<Source>(_ code: Code, type: PostgresType, source: Source.Type) {
        self.code = code
        self.type = type
        self.source = source
    }

    /// A kind of error. Later versions may add more.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A short description of the error.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// Values of this Swift type can never be sent as that type.
        public static let typeMismatch = Code("cannot be sent as this type")
        /// The value is outside the type's range, or would lose digits.
        public static let outOfRange = Code("does not fit")
        /// The nested arrays differ in length.
        public static let raggedArray = Code("contains arrays of different lengths")
        /// The text contains a zero byte, which PostgreSQL cannot store.
        public static let zeroByte = Code("contains a zero byte")
        /// The value is longer than PostgreSQL's limit for one value.
        public static let tooLarge = Code("is too large")
        /// A custom type's encoder rejected the value.
        public static let custom = Code("was rejected")
    }
}

extension PostgresEncodingError: CustomStringConvertible {
    /// For example, `parameter $2: Int does not fit: int4 was expected`.
    public var description: String {
        let place = if let index { "parameter $\(index + 1): " } else { "" }
        return "\(place)\(source) \(code): \(type.name) was expected"
    }
}
