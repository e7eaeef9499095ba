import PGTypes

/// The rows of a statement, one after the other, as they come from the server.
///
/// The statement is sent when the first row is asked for. Reading slowly makes the server wait; leaving the loop, or
/// cancelling the task, cancels the statement on the server. Each loop over it runs the statement once.
///
/// While a stream is open, its connection does nothing else: a statement in the middle of the loop throws `misuse`. Inside
/// of a transaction ``PostgresTransaction/cursor(_:fetchSize:timeout:file:line:)`` allows that.
public struct PostgresRowSequence<Element>: AsyncSequence {
    let source: RowSource
    let decode: (PostgresRow) throws -> Element

    /// Rows are read from a stream, or in portions.
    init(_ source: RowSource, decode: @escaping (PostgresRow) throws -> Element) {
        self.source = source
        self.decode = decode
    }

    /// Runs the statement as soon as the first row is asked for.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source, decode) }

    /// Reads rows.
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

        /// The next row, `nil` at the end.
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

        /// The next row, `nil` at the end.
        public mutating func next() async throws -> Element? { try await next(isolation: nil) }
    }
}

/// A statement whose rows are to be read bit by bit.
struct RowSource: Sendable {
    let lent: PostgresLent
    let query: PostgresQuery
    let timeout: Duration?
    let origin: SourceLocation
    /// How many rows a cursor gets at a time; `nil` for a stream.
    var fetchSize: Int?

    var reader: PortionReader<RowPortions> {
        let query = query, timeout = lent.timeout(timeout), fetchSize = fetchSize
        let occupant = fetchSize == nil ? "a stream of rows" : nil
        return PortionReader(lent, origin, sql: query.sql, occupant: occupant) { (session) throws(PostgresError) in
            if let mistake = query.mistake { throw mistake }
            guard let fetchSize else { return .stream(try await session.stream(query, timeout: timeout)) }
            return .cursor(try await CursorPortions(query, on: session, size: fetchSize, timeout: timeout))
        }
    }
}
