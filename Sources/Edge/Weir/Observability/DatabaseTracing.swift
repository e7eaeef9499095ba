import Instrumentation
import PGSession
package import Tracing

/// Spans for what is done over connections, with OpenTelemetry's attributes for databases.
///
/// | Attribute | |
/// |---|---|
/// | `db.system.name` | `postgresql` |
/// | `db.namespace` | the database |
/// | `db.operation.name` | the first word of the statement, or what is done: `BEGIN`, `COPY` |
/// | `db.query.text` | the statement with `$1` where values were bound; only with ``PostgresPool/Configuration/tracesStatements`` |
/// | `db.response.status_code` | SQLSTATE, if the server reported an error |
/// | `error.type` | SQLSTATE, or the ``PostgresError/Code`` |
/// | `server.address`, `server.port` | of the connection |
///
/// Source: OpenTelemetry semantic conventions 1.37, database/postgresql.md
package struct DatabaseTracing: Sendable {
    private let tracer: (any Tracer)?
    private let database: String
    private let hasStatements: Bool

    /// With no tracer, or one that drops everything, nothing is done.
    package init(tracer: (any Tracer)?, database: String, hasStatements: Bool) {
        self.tracer = tracer is NoOpTracer ? nil : tracer
        self.database = database
        self.hasStatements = hasStatements
    }

    init(_ configuration: PostgresPool.Configuration, database: String) {
        self.init(tracer: configuration.tracer, database: database, hasStatements: configuration.tracesStatements)
    }

    /// Whether spans go anywhere; if not, ``withSpan(_:query:address:_:)`` just calls its closure.
    package var isOn: Bool { tracer != nil }

    /// Does something in a span of its own.
    ///
    /// - Parameters:
    ///   - operation: what is done; `nil` for the first word of `query`.
    ///   - query: the text of the statement, without values.
    ///   - address: the server, as in ``PoolServer/address``.
    package func withSpan<Value, Failure: Error>(
        _ operation: String?, query: String?, address: @autoclosure () -> String,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard let tracer else { return try await body() }
        let operation = operation ?? query.flatMap(Self.firstWord)
        let name = [operation, database].compactMap { $0 }.joined(separator: " ")
        let span = tracer.startAnySpan(name, ofKind: .client)
        defer { span.end() }
        describe(span, operation, query, address())
        // `withValue` knows no typed errors.
        let outcome: Result<Value, Failure> = await ServiceContext.$current.withValue(span.context) {
            do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
        }
        if case .failure(let error) = outcome { fail(span, error) }
        return try outcome.get()
    }

    private func describe(_ span: any Span, _ operation: String?, _ query: String?, _ address: String) {
        span.attributes["db.system.name"] = "postgresql"
        span.attributes["db.namespace"] = database
        if let operation { span.attributes["db.operation.name"] = operation }
        if hasStatements, let query { span.attributes["db.query.text"] = query }
        let (host, port) = Self.parts(of: address)
        span.attributes["server.address"] = host
        if let port { span.attributes["server.port"] = port }
    }

    private func fail(_ span: any Span, _ error: any Error) {
        let error = error as? PostgresError
        if let state = error?.server?.sqlState { span.attributes["db.response.status_code"] = state }
        span.attributes["error.type"] = error.map { $0.server?.sqlState ?? "\($0.code)" } ?? "other"
        // The words of an error may hold values.
        span.setStatus(SpanStatus(code: .error))
    }

    /// `SELECT`, `INSERT`, …: letters at the beginning, as they are spelt in SQL.
    static func firstWord(_ query: String) -> String? {
        let word = query.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }
        return word.isEmpty ? nil : word.uppercased()
    }

    /// `db1.example:5432` and `[::1]:5432` have a port, `/run/postgresql/.s.PGSQL.5432` has none.
    static func parts(of address: String) -> (host: String, port: Int?) {
        guard !address.hasPrefix("/"), !address.hasPrefix("@"), let colon = address.lastIndex(of: ":"),
            let port = Int(address[address.index(after: colon)...])
        else { return (address, nil) }
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (String(host), port)
    }
}
