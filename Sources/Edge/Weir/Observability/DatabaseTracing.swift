import Instrumentation
import PGSession
package import Tracing

/// Creates spans for operations on connections, with OpenTelemetry's attributes for databases.
///
/// | Attribute | |
/// |---|---|
/// | `db.system.name` | `postgresql` |
/// | `db.namespace` | the database |
/// | `db.operation.name` | the first word of the statement, or the operation: `BEGIN`, `COPY` |
/// | `db.query.text` | the statement with `$1` in place of bound values; only with ``PostgresPool/Configuration/tracesStatements`` |
/// | `db.response.status_code` | SQLSTATE, if the server reported an error |
/// | `error.type` | SQLSTATE, or the ``PostgresError/Code`` |
/// | `server.address`, `server.port` | the server of the connection |
///
/// Source: OpenTelemetry semantic conventions 1.37, database/postgresql.md
package struct DatabaseTracing: Sendable {
    private let tracer: (any Tracer)?
    private let database: String
    private let includesStatements: Bool

    /// Creates a value that does nothing if there is no tracer, or one that drops everything.
    package init(tracer: (any Tracer)?, database: String, includesStatements: Bool) {
        self.tracer = tracer is NoOpTracer ? nil : tracer
        self.database = database
        self.includesStatements = includesStatements
    }

    init(_ configuration: PostgresPool.Configuration, database: String) {
        self.init(tracer: configuration.tracer, database: database, includesStatements: configuration.tracesStatements)
    }

    /// Whether spans are recorded; if not, ``withSpan(_:query:address:_:)`` only calls its closure.
    package var isEnabled: Bool { tracer != nil }

    /// Runs an operation in a span.
    ///
    /// - Parameters:
    ///   - operation: the operation; `nil` for the first word of `query`.
    ///   - query: the text of the statement, without values.
    ///   - address: the server, as in ``PoolServer/address``.
    package func withSpan<Value, Failure: Error>(
        _ operation: String?, query: String?, address: @autoclosure () -> String,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard let open = begin(operation, query: query, address: address()) else { return try await body() }
        // `withValue` does not support typed errors.
        let outcome: Result<Value, Failure> = await ServiceContext.$current.withValue(open.span.context) {
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        switch outcome {
        case .success: open.end()
        case .failure(let error): open.end(error)
        }
        return try outcome.get()
    }

    /// Starts a span for an operation of several calls; `nil` if tracing is off. The arguments are those of
    /// ``withSpan(_:query:address:_:)``.
    func begin(_ operation: String?, query: String?, address: @autoclosure () -> String) -> OpenSpan? {
        guard let tracer else { return nil }
        let operation = operation ?? query.flatMap(Self.firstWord)
        let name = [operation, database].compactMap { $0 }.joined(separator: " ")
        let span = tracer.startAnySpan(name, ofKind: .client)
        describe(span, operation, query, address())
        return OpenSpan(span: span)
    }

    private func describe(_ span: any Span, _ operation: String?, _ query: String?, _ address: String) {
        span.attributes["db.system.name"] = "postgresql"
        span.attributes["db.namespace"] = database
        if let operation { span.attributes["db.operation.name"] = operation }
        if includesStatements, let query { span.attributes["db.query.text"] = query }
        let (host, port) = Self.parts(of: address)
        span.attributes["server.address"] = host
        if let port { span.attributes["server.port"] = port }
    }

    /// Returns `SELECT`, `INSERT`, …: the letters at the beginning, in upper case.
    static func firstWord(_ query: String) -> String? {
        let word = query.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }
        return word.isEmpty ? nil : word.uppercased()
    }

    /// Splits an address. `db1.example:5432` and `[::1]:5432` have a port, `/run/postgresql/.s.PGSQL.5432` has none.
    static func parts(of address: String) -> (host: String, port: Int?) {
        guard !address.hasPrefix("/"), !address.hasPrefix("@"), let colon = address.lastIndex(of: ":"),
            let port = Int(address[address.index(after: colon)...])
        else { return (address, nil) }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (String(host), port)
    }
}

/// A span that has started and must be ended.
struct OpenSpan: Sendable {
    let span: any Span

    /// Ends the span, with the error if there was one.
    func end(_ error: (any Error)? = nil) {
        if let error { note(error as? PostgresError) }
        span.end()
    }

    private func note(_ error: PostgresError?) {
        if let state = error?.server?.sqlState { span.attributes["db.response.status_code"] = state }
        span.attributes["error.type"] = error.map { $0.server?.sqlState ?? "\($0.code)" } ?? "other"
        // The message of an error may contain values.
        span.setStatus(SpanStatus(code: .error))
    }
}
