/// What a connection string says, in either of libpq's two grammars.
///
///     postgresql://user:password@host:port/dbname?keyword=value
///     host=localhost port=5432 dbname='my db'
///
/// Only what the string itself says: no defaults, environment, service file or password file. Values are not judged;
/// libpq, too, does that only when it connects.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-CONNSTRING
public struct ConnectionString: Hashable, Sendable {
    /// One keyword and the value given for it.
    public struct Option: Hashable, Sendable {
        /// What is set.
        public let keyword: Keyword
        /// What it is set to; may be empty.
        public let value: String

        /// Pairs a keyword with its value.
        public init(_ keyword: Keyword, _ value: String) {
            self.keyword = keyword
            self.value = value
        }
    }

    /// Every keyword that was given, once, in libpq's order (that of ``Keyword``). Of several values the last counts.
    public let options: [Option]

    /// Whether pieces of a password probably stand in `host`, `port` and `dbname`: they hold an `@` that a URI has to
    /// spell `%40`, or one that a `/` in front of it, to be spelt `%2F`, kept from ending the password.
    public let hasMisplacedPassword: Bool

    /// Parses a connection string: a URI if it begins with `postgresql://` or `postgres://`, else keywords and values.
    ///
    /// - Throws: ``ConnInfoError``, at the first thing libpq would complain about.
    /// - Complexity: O(*n*)
    public init(_ text: String) throws(ConnInfoError) {
        try self.init(bytes: Array(text.utf8))
    }

    /// Parses a connection string that need not be UTF-8, as an environment or a file may hold it.
    ///
    /// Decoded values do need to be: libpq would hand any bytes on.
    ///
    /// - Throws: ``ConnInfoError``, at the first thing libpq would complain about.
    /// - Complexity: O(*n*)
    public init(bytes: [UInt8]) throws(ConnInfoError) {
        (self, _) = try Self.parse(bytes, into: OptionTable())
    }

    /// Parses what a person or a program that takes a database's name gives it: a URI, keywords and values, or, if
    /// there is neither one of libpq's two prefixes nor a “=” in it, the name of a database.
    ///
    /// - Throws: ``ConnInfoError``, at the first thing libpq would complain about.
    /// - Complexity: O(*n*)
    public init(databaseOrString text: String) throws(ConnInfoError) {
        if Self.isURI(text) || text.utf8.contains(UInt8(ascii: "=")) {
            try self.init(text)
        } else {
            self.init(text.isEmpty ? [] : [Option(.dbname, text)])
        }
    }

    /// What a string with these options would say; of several values for a keyword the last counts.
    public init(_ options: [Option]) {
        self.options = Keyword.allCases.compactMap { keyword in options.last { $0.keyword == keyword } }
        hasMisplacedPassword = false
    }

    /// - Parameter options: in libpq's order, each keyword once.
    init(_ options: [Option], hasMisplacedPassword: Bool) {
        self.options = options
        self.hasMisplacedPassword = hasMisplacedPassword
    }

    /// Parses into a table, which may allow further names.
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

    /// Whether libpq would read this text as a URI. Case matters, and so does a blank in front.
    public static func isURI(_ text: String) -> Bool {
        uriStart(Array(text.utf8)) != nil
    }

    /// The value given for a keyword, or `nil` if there was none.
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
    /// Keywords and values; `<redacted>` instead of secrets, and of what may hold a piece of one.
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
