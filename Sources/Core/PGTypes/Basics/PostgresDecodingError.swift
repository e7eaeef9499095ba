/// The error thrown when a value cannot be decoded as the requested type.
///
/// It names the column, the PostgreSQL type and the Swift type, never the value: values may be secrets, and errors are
/// logged.
public struct PostgresDecodingError: Error, Sendable {
    /// The kind of error.
    public var code: Code
    /// The value's type; `nil` if no value was reached.
    public var type: PostgresType?
    /// The value's format; `nil` if no value was reached.
    public var format: PostgresFormat?
    /// The Swift type that was requested.
    public var target: any Any.Type
    /// The column's name, if known.
    public var column: String?
    /// The column's index in its row, counted from 0; for a composite value, the field's index.
    public var index: Int?

    /// Creates an error without a column; the row adds the column.
    public init<Target>(
        _ code: Code, type: PostgresType? = nil, format: PostgresFormat? = nil, target: Target.Type,
        column: String? = nil, index: Int? = nil
    ) {
        self.code = code
        self.type = type
        self.format = format
        self.target = target
        self.column = column
        self.index = index
    }

    /// A kind of error. Later versions may add more.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A short description of the error.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// The value is NULL and the type cannot represent NULL; decode an optional instead.
        public static let unexpectedNull = Code("is NULL")
        /// Values of this type can never be decoded as that Swift type.
        public static let typeMismatch = Code("has an incompatible type")
        /// The value is outside the Swift type's range, or would lose digits.
        public static let outOfRange = Code("does not fit")
        /// The value is infinite or not a number, and the Swift type cannot represent it.
        public static let notFinite = Code("is infinite or not a number")
        /// The bytes are not a valid value of their type.
        public static let malformed = Code("is malformed")
        /// The text is not UTF-8; see `client_encoding`.
        public static let invalidText = Code("is not valid UTF-8")
        /// The array has a different number of dimensions than requested.
        public static let wrongDimensions = Code("has a different number of dimensions")
        /// The text or number matches none of the enum's cases.
        public static let unknownCase = Code("matches none of the cases")
        /// There is no such column.
        public static let missingColumn = Code("there is no such column")
        /// Several columns have the name; give them different names with `AS`.
        public static let ambiguousColumn = Code("several columns have this name")
        /// The row has a different number of columns than requested.
        public static let wrongColumnCount = Code("a different number of columns was expected")
        /// A custom type's initializer rejected the value.
        public static let custom = Code("was rejected")
    }
}

extension PostgresDecodingError: CustomStringConvertible {
    /// For example, `column "age" (int8, binary) does not fit: Int32 was requested`.
    public var description: String {
        var text = ""
        if let column {
            text += "column \"\(column)\""
        } else if let index {
            text += "column \(index + 1)"
        } else {
            text += "value"
        }
        if let type {
            text += " (\(type.name)"
            if let format { text += format == .binary ? ", binary" : ", text" }
            text += ")"
        }
        switch code {
        case .missingColumn, .ambiguousColumn, .wrongColumnCount: text += ": \(code)"
        default: text += " \(code)"
        }
        return text + ": \(target) was requested"
    }
}
