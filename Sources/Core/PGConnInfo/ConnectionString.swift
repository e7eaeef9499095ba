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

    /// Parses a connection string: a URI if it begins with `postgresql://` or `postgres://`, else keywords and values.
    ///
    /// - Throws: ``ConnInfoError``, at the first thing libpq would complain about.
    /// - Complexity: O(*n*)
    public init(_ text: String) throws(ConnInfoError) {
        let bytes = Array(text.utf8)
        if let zero = bytes.firstIndex(of: 0) { throw .zeroByte(offset: zero) }
        if let start = Self.uriStart(bytes) {
            var parser = URIParser(bytes, start: start)
            options = try parser.parse()
        } else {
            var parser = KeywordValueParser(bytes)
            options = try parser.parse()
        }
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

extension ConnectionString.Option: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `keyword=value`, or `keyword=<redacted>` for a secret.
    public var description: String { "\(keyword.rawValue)=\(keyword.isSecret ? "<redacted>" : value)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
