/// A connection string for a pool of connections: libpq's, and a few keys more.
///
///     postgresql://app@db1,db2/app?target_session_attrs=read-write&connection_limit=20&pool_timeout=5
///
/// Either of libpq's grammars. The further keys are ``PoolOptions/Key``; what is neither theirs nor libpq's is an error.
/// `connect_timeout` is libpq's, which means by it what Prisma does: seconds, 0 for ever.
public struct PoolConnectionString: Hashable, Sendable {
    /// What is said about each connection. `database` has become `dbname`.
    public let connection: ConnectionString
    /// What is said about the pool.
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

/// Why a pool's connection string was refused.
public enum PoolStringError: Error, Hashable, Sendable {
    /// What a single connection would have complained about, too.
    case connection(ConnInfoError)
    /// A key has a value that it cannot have.
    case invalidValue(PoolOptions.Key, String, expected: String)
    /// Two spellings of one option have different values, or a least number is greater than a greatest one.
    case contradiction(String, String)

    /// The key or keyword that was probably meant instead of one that nobody knows.
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
    /// What is wrong, and what was expected.
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
