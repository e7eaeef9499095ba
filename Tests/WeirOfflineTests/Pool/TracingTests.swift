import Instrumentation
import PGSession
import Synchronization
import Testing
import Tracing
import Weir
import WeirTestSupport

@Suite("Tracing spans")
struct TracingTests {
    private func trace(
        statements: Bool = false, operation: String? = nil, query: String? = nil, address: String = "db1.example:5432",
        error: PostgresError? = nil
    ) async -> RecordedSpan? {
        let tracer = RecordedTracer()
        let tracing = DatabaseTracing(tracer: tracer, database: "app", includesStatements: statements)
        _ = try? await tracing.withSpan(operation, query: query, address: address) { () async throws(PostgresError) in
            if let error { throw error }
        }
        return tracer.spans.withLock { $0.first }
    }

    @Test func `Spans have the attributes of OpenTelemetry`() async throws {
        let span = try #require(await trace(query: "  select name from users where id = $1"))
        #expect(span.operationName == "SELECT app")
        #expect(span.kind == .client)
        #expect(
            span.recorded == [
                "db.system.name": "postgresql", "db.namespace": "app", "db.operation.name": "SELECT",
                "server.address": "db1.example", "server.port": "5432",
            ])
        #expect(span.hasEnded)
    }

    @Test func `Spans contain the statement only on request`() async throws {
        let span = try #require(await trace(statements: true, query: "SELECT $1"))
        #expect(span.recorded["db.query.text"] == "SELECT $1")
    }

    @Test func `Spans report the server's error`() async throws {
        var error = PostgresError(.server, "duplicate key value 'secret'")
        error.server = ServerError(sqlState: "23505", message: "duplicate key value 'secret'")
        let span = try #require(await trace(operation: "COPY", error: error))
        #expect(span.operationName == "COPY app")
        #expect(span.recorded["db.response.status_code"] == "23505")
        #expect(span.recorded["error.type"] == "23505")
        #expect(span.isError)
        #expect(!span.recorded.values.contains { $0.contains("secret") })
    }

    @Test func `Spans report other failures`() async throws {
        let span = try #require(await trace(operation: "BEGIN", error: PostgresError(.connectionLost, "gone")))
        #expect(span.recorded["error.type"] == "connectionLost")
        #expect(span.recorded["db.response.status_code"] == nil)
    }

    @Test(
        arguments: [
            ("/run/postgresql/.s.PGSQL.5432", "/run/postgresql/.s.PGSQL.5432", nil), ("[::1]:6432", "::1", "6432"),
            ("db", "db", nil),
        ] as [(String, String, String?)])
    func `Spans name the server`(address: String, host: String, port: String?) async throws {
        let span = try #require(await trace(operation: "BEGIN", address: address))
        #expect(span.recorded["server.address"] == host)
        #expect(span.recorded["server.port"] == port)
    }

    @Test func `Without a tracer no spans are made`() {
        #expect(!DatabaseTracing(tracer: NoOpTracer(), database: "", includesStatements: false).isEnabled)
        #expect(!DatabaseTracing(tracer: nil, database: "", includesStatements: false).isEnabled)
    }
}
