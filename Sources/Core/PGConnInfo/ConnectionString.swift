/// A parsed connection string, in either of libpq's two grammars.
///
///     postgresql://user:password@host:port/dbname?keyword=value
///     host=localhost port=5432 dbname='my db'
///
/// It contains only what the string itself sets: no defaults, environment, service file or password file. Values are
/// not validated; libpq does that only when it connects.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNSTRING
public struct ConnectionString: Hashable, Sendable {
    /// One keyword and the value given for it.
    public struct Option: Hashable, Sendable {
        /// The keyword.
        public let keyword: Keyword
        /// The value; may be empty.
        public let value: String

        /// Creates an option.
        public init(_ keyword: Keyword, _ value: String) {
            self.keyword = keyword
            self.value = value
        }
    }

    /// Every keyword that was set, once, in libpq's order (that of ``Keyword``). If a keyword occurs more than once,
    /// the last value counts.
    public let options: [Option]

    /// Whether `host`, `port` and `dbname` probably contain pieces of a password: they contain an `@` that a URI must
    /// spell `%40`, or the password contains a `/`, to be spelled `%2F`, so that the `@` after it did not end it.
    public let hasMisplacedPassword: Bool

    /// Parses a connection string: a URI if it begins with `postgresql://` or `postgres://`, otherwise keywords and
    /// values.
    ///
    /// - Throws: ``ConnInfoError``; of several errors, the one that libpq reports first.
    /// - Complexity: O(*n*)
    public init(_ text: String) throws(ConnInfoError) {
        try self.init(bytes: Array(text.utf8))
    }

    /// Parses a connection string that may not be UTF-8, for example from an environment variable or a file.
    ///
    /// Decoded values must be UTF-8; libpq passes any bytes on.
    ///
    /// - Throws: ``ConnInfoError``; of several errors, the one that libpq reports first.
    /// - Complexity: O(*n*)
    public init(bytes: [UInt8]) throws(ConnInfoError) {
        (self, _) = try Self.parse(bytes, into: OptionTable())
    }

    /// Parses an argument that is a connection string or the name of a database: a URI, keywords and values, or, if it
    /// has neither of libpq's two prefixes and no “=”, the name of a database.
    ///
    /// - Throws: ``ConnInfoError``; of several errors, the one that libpq reports first.
    /// - Complexity: O(*n*)
    public init(databaseOrString text: String) throws(ConnInfoError) {
        if Self.isURI(text) || text.utf8.contains(UInt8(ascii: "=")) {
            try self.init(text)
        } else {
            self.init(text.isEmpty ? [] : [Option(.dbname, text)])
        }
    }

    /// Creates a connection string from options; if a keyword occurs more than once, the last value counts.
    public init(_ options: [Option]) {
        self.options = Keyword.allCases.compactMap { keyword in options.last { $0.keyword == keyword } }
        hasMisplacedPassword = false
    }

    /// - Parameter options: in libpq's order, each keyword once.
    init(_ options: [Option], hasMisplacedPassword: Bool) {
        self.options = options
        self.hasMisplacedPassword = hasMisplacedPassword
    }

    /// Parses into a table, which may allow additional names.
    static func parse(_ bytes: [UInt8], into table: OptionTable) throws(ConnInfoError) -> (Self, OptionTable) {
        if let zero = bytes.firstIndex(of: 0) { throw .zeroByte(offset: zero) }
        if let start = uriStart(bytes) {
            var parser = URIParser(bytes, start: start, into: table)
            let table = try parser.parse()
            return (Self(try table.options(), hasMisplacedPassword: parser.hasMisplacedPassword), table)
        }
        var parser = KeywordValueParser(bytes, into: table)
        let table = try parser.parse()
        return (Self(try table.options(), hasMisplacedPassword: false), table)
    }

    /// Whether libpq reads the text as a URI. The prefix is case-sensitive, and no blanks may precede it.
    public static func isURI(_ text: String) -> Bool {
        uriStart(Array(text.utf8)) != nil
    }

    /// The value set for a keyword; `nil` if it is not set.
    public subscript(keyword: Keyword) -> String? {
        options.first { $0.keyword == keyword }?.value
    }

    private static func uriStart(_ bytes: [UInt8]) -> Int? {
        for prefix in ["postgresql://", "postgres://"] where bytes.starts(with: prefix.utf8) {
            return prefix.utf8.count
        }
        return nil
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Keywords and values; `<redacted>` instead of secrets, and of values that may contain part of one.
    public var description: String {
        options.map { option in
            let isMisplaced = hasMisplacedPassword && [.host, .port, .dbname].contains(option.keyword)
            return isMisplaced ? "\(option.keyword.rawValue)=<redacted>" : "\(option)"
        }.joined(separator: " ")
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension ConnectionString.Option: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `keyword=value`, or `keyword=<redacted>` for a secret.
    public var description: String { "\(keyword.rawValue)=\(keyword.isSecret ? "<redacted>" : value)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
