/// How a value is written on the wire.
///
/// Source: PostgreSQL, protocol-overview.html#PROTOCOL-FORMAT-CODES
public enum PostgresFormat: Int16, Hashable, Sendable {
    /// As in a query's text and in psql's output.
    case text = 0
    /// As the type's `send` function writes it: smaller, exact, quicker to read.
    case binary = 1
}
