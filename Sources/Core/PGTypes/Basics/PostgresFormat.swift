/// The wire format of a value.
///
/// Source: PostgreSQL, protocol-overview.html#PROTOCOL-FORMAT-CODES
public enum PostgresFormat: Int16, Hashable, Sendable {
    /// The format used in query text and in psql's output.
    case text = 0
    /// The format written by the type's `send` function: smaller, exact, faster to read.
    case binary = 1
}
