import PGTypes

/// The rows of a statement as an asynchronous sequence, as they arrive from the server.
///
/// The statement is sent when the first row is requested. A slow reader makes the server wait; leaving the loop, or
/// cancelling the task, cancels the statement on the server. Each loop over the sequence executes the statement once.
///
/// While a stream is open, its connection cannot be used for anything else: a statement in the middle of the loop
/// throws `misuse`. Inside of a transaction, ``PostgresTransaction/cursor(_:fetchSize:timeout:file:line:)`` allows it.
public struct PostgresRowSequence<Element>: AsyncSequence {
    let source: RowSource
    let decode: (PostgresRow) throws -> Element

    /// Creates a sequence of rows from a stream or a cursor.
    init(_ source: RowSource, decode: @escaping (PostgresRow) throws -> Element) {
        self.source = source
        self.decode = decode
    }

    /// Creates an iterator, which executes the statement when the first row is requested.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source, decode) }

    /// Reads the rows of one execution.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let reader: PortionReader<RowPortions>
        private let sql: String
        private let decode: (PostgresRow) throws -> Element
        private var batch: PostgresRows?
        private var index = 0

        init(_ source: RowSource, _ decode: @escaping (PostgresRow) throws -> Element) {
            reader = source.reader
            sql = source.query.sql
            self.decode = decode
        }

        /// Returns the next row; `nil` at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> Element? {
            while true {
                if let batch, index < batch.count {
                    defer { index += 1 }
                    do {
                        return try decode(batch[index])
                    } catch {
                        self.batch = nil
                        reader.stop()
                        throw PostgresError(error, decoding: sql, origin: reader.origin)
                    }
                }
                batch = try await reader.next()
                index = 0
                if batch == nil { return nil }
            }
        }

        /// Returns the next row; `nil` at the end.
        public mutating func next() async throws -> Element? { try await next(isolation: nil) }
    }
}

/// A statement whose rows are read in portions.
struct RowSource: Sendable {
    let handle: PostgresHandle
    let query: PostgresQuery
    let timeout: Duration?
    let origin: SourceLocation
    /// The number of rows that a cursor fetches at a time; `nil` for a stream.
    var fetchSize: Int?

    var reader: PortionReader<RowPortions> {
        let query = query, timeout = handle.timeout(timeout), fetchSize = fetchSize
        let exclusiveUser = fetchSize == nil ? "a stream of rows" : nil
        return PortionReader(handle, origin, sql: query.sql, exclusiveUser: exclusiveUser) {
            (session) throws(PostgresError) in
            if let deferredError = query.deferredError { throw deferredError }
            guard let fetchSize else { return .stream(try await session.stream(query, timeout: timeout)) }
            return .cursor(try await CursorPortions(query, on: session, size: fetchSize, timeout: timeout))
        }
    }
}
