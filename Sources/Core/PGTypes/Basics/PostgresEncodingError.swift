/// Why a value could not be sent.
///
/// It names the type and the Swift type, never the value.
public struct PostgresEncodingError: Error, Sendable {
    /// What was wrong.
    public var code: Code
    /// What the value was to become.
    public var type: PostgresType
    /// The Swift type.
    public var source: any Any.Type
    /// The parameter's place, counted from 0, as far as it is known.
    public var index: Int?

    /// An error without a place; what collects the parameters adds it.
    public init<Source>(_ code: Code, type: PostgresType, source: Source.Type) {
        self.code = code
        self.type = type
        self.source = source
    }

    /// Kinds of errors; there may be more in later versions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// What happened, in a few words.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// Values of this Swift type are never sent as that type.
        public static let typeMismatch = Code("cannot be sent as this type")
        /// The value lies outside the type's range, or would lose digits.
        public static let outOfRange = Code("does not fit")
        /// The arrays in an array are not equally long.
        public static let raggedArray = Code("holds arrays of different lengths")
        /// Text with a zero byte, which PostgreSQL cannot hold.
        public static let zeroByte = Code("holds a zero byte")
        /// More than PostgreSQL takes in one value.
        public static let tooLarge = Code("is too large")
        /// A value of our own kinds threw this.
        public static let custom = Code("was refused")
    }
}

extension PostgresEncodingError: CustomStringConvertible {
    /// Like `parameter $2: Int does not fit: int4 was expected`.
    public var description: String {
        let place = if let index { "parameter $\(index + 1): " } else { "" }
        return "\(place)\(source) \(code): \(type.name) was expected"
    }
}
