import Instrumentation
import PGSession
import Synchronization
import Testing
import Tracing
import Weir

@Suite("Spans for what is done over a connection")
struct TracingTests {
    private func trace(
        statements: Bool = false, operation: String? = nil, query: String? = nil, address: String = "db1.example:5432",
        error: PostgresError? = nil
    ) async -> RecordedSpan? {
        let tracer = RecordedTracer()
        let tracing = DatabaseTracing(tracer: tracer, database: "app", hasStatements: statements)
        _ = try? await tracing.withSpan(operation, query: query, address: address) { () async throws(PostgresError) in
            if let error { throw error }
        }
        return tracer.spans.withLock { $0.first }
    }

    @Test func haveTheAttributesOfOpenTelemetry() async throws {
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

    @Test func haveTheStatementOnlyWhenAskedFor() async throws {
        let span = try #require(await trace(statements: true, query: "SELECT $1"))
        #expect(span.recorded["db.query.text"] == "SELECT $1")
    }

    @Test func tellWhatTheServerSaid() async throws {
        var error = PostgresError(.server, "duplicate key value 'secret'")
        error.server = ServerError(sqlState: "23505", message: "duplicate key value 'secret'")
        let span = try #require(await trace(operation: "COPY", error: error))
        #expect(span.operationName == "COPY app")
        #expect(span.recorded["db.response.status_code"] == "23505")
        #expect(span.recorded["error.type"] == "23505")
        #expect(span.isError)
        #expect(!span.recorded.values.contains { $0.contains("secret") })
    }

    @Test func tellWhatElseWentWrong() async throws {
        let span = try #require(await trace(operation: "BEGIN", error: PostgresError(.connectionLost, "gone")))
        #expect(span.recorded["error.type"] == "connectionLost")
        #expect(span.recorded["db.response.status_code"] == nil)
    }

    @Test(
        arguments: [
            ("/run/postgresql/.s.PGSQL.5432", "/run/postgresql/.s.PGSQL.5432", nil), ("[::1]:6432", "::1", "6432"),
            ("db", "db", nil),
        ] as [(String, String, String?)])
    func nameTheServer(address: String, host: String, port: String?) async throws {
        let span = try #require(await trace(operation: "BEGIN", address: address))
        #expect(span.recorded["server.address"] == host)
        #expect(span.recorded["server.port"] == port)
    }

    @Test func areNotMadeWithoutATracer() {
        #expect(!DatabaseTracing(tracer: NoOpTracer(), database: "", hasStatements: false).isOn)
        #expect(!DatabaseTracing(tracer: nil, database: "", hasStatements: false).isOn)
    }
}

/// Keeps its spans.
private final class RecordedTracer: Tracer, Sendable {
    let spans = Mutex<[RecordedSpan]>([])

    func startSpan<Now: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Now, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        let span = RecordedSpan(operationName, context(), kind)
        spans.withLock { $0.append(span) }
        return span
    }

    func forceFlush() {}
    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {}
}

private final class RecordedSpan: Span, Sendable {
    private struct State {
        var name: String
        var attributes: SpanAttributes = [:]
        var hasEnded = false
        var isError = false
    }

    let context: ServiceContext
    let kind: SpanKind
    private let state: Mutex<State>

    init(_ name: String, _ context: ServiceContext, _ kind: SpanKind) {
        (self.context, self.kind) = (context, kind)
        state = Mutex(State(name: name))
    }

    var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }
    var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var isError: Bool { state.withLock { $0.isError } }
    var isRecording: Bool { true }

    var recorded: [String: String] {
        var all: [String: String] = [:]
        attributes.forEach { name, value in
            switch value {
            case .string(let text): all[name] = text
            case .int64(let number): all[name] = String(number)
            case .int32(let number): all[name] = String(number)
            default: all[name] = "\(value)"
            }
        }
        return all
    }

    func setStatus(_ status: SpanStatus) { state.withLock { $0.isError = status.code == .error } }
    func addEvent(_ event: SpanEvent) {}
    func recordError<Now: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Now
    ) {}
    func addLink(_ link: SpanLink) {}
    func end<Now: TracerInstant>(at instant: @autoclosure () -> Now) { state.withLock { $0.hasEnded = true } }
}
