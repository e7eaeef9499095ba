/// The status byte of ReadyForQuery.
package enum TransactionStatus: UInt8, Sendable {
    /// Not in a transaction block.
    case idle = 0x49  // I
    case inTransaction = 0x54  // T
    /// In a failed transaction block; every command except its end is rejected.
    case failed = 0x45  // E
}
