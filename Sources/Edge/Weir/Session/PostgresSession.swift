
/// One connection, logged in: what the pool lends and the public types speak through.
///
/// Calls are answered in the order they were made, and each waits for those before it. All of them:
/// - throw ``PostgresError``; `origin` is filled in by the public layer, `query` here;
/// - obey the cancellation of the calling task and `timeout`: a CancelRequest is sent, the answer is read to its end, and then
///   `cancelled` or `commandTimeout` is thrown; if the server does not answer that within 5 s, the connection is closed;
/// - leave the connection at ReadyForQuery or closed, never in between.
package final class PostgresSession: Sendable {
    package struct Configuration: Sendable {
        /// Prepared statements kept per connection, 0 for none (behind a transaction pooler). Default 256.
        package var statementCacheSize = 256
        /// Bytes of rows or COPY data received ahead of their reader before reading is paused. Default 256 KiB.
        package var readAhead = 256 * 1024

        package init() {}
    }
}
