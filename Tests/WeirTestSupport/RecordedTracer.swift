package import Instrumentation
package import Synchronization
package import Tracing

/// A tracer that keeps its spans for a test to read.
package final class RecordedTracer: Tracer, Sendable {
    package let spans = Mutex<[RecordedSpan]>([])

    package init() {}

    package func startSpan<Now: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Now, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        let span = RecordedSpan(operationName, context(), kind)
        spans.withLock { $0.append(span) }
        return span
    }

    package func forceFlush() {}
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}
    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {}
}

package final class RecordedSpan: Span, Sendable {
    private struct State {
        var name: String
        var attributes: SpanAttributes = [:]
        var hasEnded = false
        var isError = false
    }

    package let context: ServiceContext
    package let kind: SpanKind
    private let state: Mutex<State>

    init(_ name: String, _ context: ServiceContext, _ kind: SpanKind) {
        (self.context, self.kind) = (context, kind)
        state = Mutex(State(name: name))
    }

    package var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }
    package var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { $0.attributes = newValue } }
    }
    package var hasEnded: Bool { state.withLock { $0.hasEnded } }
    package var isError: Bool { state.withLock { $0.isError } }
    package var isRecording: Bool { true }

    package var recorded: [String: String] {
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

    package func setStatus(_ status: SpanStatus) { state.withLock { $0.isError = status.code == .error } }
    package func addEvent(_ event: SpanEvent) {}
    package func recordError<Now: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Now
    ) {}
    package func addLink(_ link: SpanLink) {}
    package func end<Now: TracerInstant>(at instant: @autoclosure () -> Now) { state.withLock { $0.hasEnded = true } }
}
