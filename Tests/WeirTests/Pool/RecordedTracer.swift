import Instrumentation
import Synchronization
import Tracing

/// Keeps its spans.
final class RecordedTracer: Tracer, Sendable {
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

final class RecordedSpan: Span, Sendable {
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
