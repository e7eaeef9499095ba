/// The status byte of ReadyForQuery.
///
/// Public because the compiler does not inline `package` declarations across modules.
@frozen public enum TransactionStatus: UInt8, Sendable {
    /// Not in a transaction block.
    case idle = 0x49  // I
    case inTransaction = 0x54  // T
    /// In a failed transaction block; PostgreSQL rejects every command except its end.
    case failed = 0x45  // E
}
