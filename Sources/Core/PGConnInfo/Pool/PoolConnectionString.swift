/// A connection string for a connection pool: libpq's keywords, and additional keys.
///
///     postgresql://app@db1,db2/app?target_session_attrs=read-write&connection_limit=20&pool_timeout=5
///
/// Either of libpq's grammars. The additional keys are ``PoolOptions/Key``; any other name is an error.
/// `connect_timeout` is libpq's, and has the same meaning in Prisma: seconds, 0 for no limit.
public struct PoolConnectionString: Hashable, Sendable {
    /// The options of each connection. `database` has become `dbname`.
    public let connection: ConnectionString
    /// The options of the pool.
    public let pool: PoolOptions

    /// Parses a connection string.
    ///
    /// - Throws: ``PoolStringError``
    /// - Complexity: O(*n*)
    public init(_ text: String) throws(PoolStringError) {
        let allowed = PoolOptions.Key.allCases.map(\.rawValue)
        let parsed: (ConnectionString, OptionTable)
        do throws(ConnInfoError) {
            parsed = try ConnectionString.parse(Array(text.utf8), into: OptionTable(allowing: allowed))
        } catch {
            throw .connection(error)
        }
        var reader = PoolOptionReader()
        for extra in parsed.1.extras { try reader.take(extra) }
        pool = try reader.options()
        connection = try reader.connection(parsed.0)
    }
}

/// The error thrown when a pool's connection string cannot be parsed.
public enum PoolStringError: Error, Hashable, Sendable {
    /// An error that a connection string for a single connection has too.
    case connection(ConnInfoError)
    /// The value is not allowed for the key.
    case invalidValue(PoolOptions.Key, String, expected: String)
    /// Two spellings of one option have different values, or a minimum is greater than the corresponding maximum.
    case contradiction(String, String)

    /// The key or keyword that was probably meant in place of an unknown one.
    public var suggestion: String? {
        switch self {
        case .connection(.unknownKeyword(let name, _)), .connection(.unknownQueryParameter(let name, _)):
            let keys = PoolOptions.Key.allCases.map { ($0.rawValue, $0.rawValue) }
            return Nearest.to(name, among: ConnectionString.Keyword.spellings.map { ($0, $1.rawValue) } + keys)
        default: return nil
        }
    }
}

extension PoolStringError: CustomStringConvertible {
    /// A description of the error, and the expected value.
    public var description: String {
        switch self {
        case .connection(let error):
            suggestion.map { "\(error.message) (did you mean \"\($0)\"?)" } ?? error.message
        case .invalidValue(let key, let value, let expected):
            "invalid \(key.rawValue) value: \"\(value)\" (expected \(expected))"
        case .contradiction(let one, let other): "\(one) and \(other) contradict each other"
        }
    }
}
