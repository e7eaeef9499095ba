package import CoreMetrics
package import Logging
import Synchronization

/// A log that keeps its lines for a test to read.
package final class RecordedLog: Sendable {
    private let lines = Mutex<[String]>([])

    package init() {}

    /// `warning could not connect: … taken-at=App/Orders.swift:3`
    package var entries: [String] { lines.withLock { $0 } }
    package var warnings: [String] { entries.filter { $0.hasPrefix("warning") } }

    package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.lines.withLock {
                $0.append((["\(event.level) \(event.message)"] + words).joined(separator: " "))
            }
        }
    }
}

/// Metrics that a test can read: every recorded value, by `name{dimension=value,…}`.
package final class RecordedMetrics: MetricsFactory, Sendable {
    private let values = Mutex<[String: [Int64]]>([:])
    private let labels = Mutex<[String: (kind: String, dimensions: Set<String>)]>([:])

    package init() {}

    /// The kind and the dimensions of what was recorded, by label.
    package var kinds: [String: (kind: String, dimensions: Set<String>)] { labels.withLock { $0 } }

    /// The values recorded under this name.
    package subscript(_ name: String) -> [Int64] { values.withLock { $0[name] ?? [] } }
    package var names: Set<String> { values.withLock { Set($0.keys) } }
    package func sum(_ name: String) -> Int64 { self[name].reduce(0, +) }

    private final class Handler: CounterHandler, RecorderHandler, TimerHandler, MeterHandler, Sendable {
        let note: @Sendable (Int64) -> Void

        init(_ note: @escaping @Sendable (Int64) -> Void) { self.note = note }

        func increment(by amount: Int64) { note(amount) }
        func reset() {}
        func record(_ value: Int64) { note(value) }
        func record(_ value: Double) { note(Int64(value)) }
        func recordNanoseconds(_ duration: Int64) { note(duration) }
        func set(_ value: Int64) { note(value) }
        func set(_ value: Double) { note(Int64(value)) }
        func increment(by amount: Double) { note(Int64(amount)) }
        func decrement(by amount: Double) { note(-Int64(amount)) }
    }

    private func handler(_ kind: String, _ label: String, _ dimensions: [(String, String)]) -> Handler {
        let name = "\(label){\(dimensions.map { "\($0)=\($1)" }.joined(separator: ","))}"
        return Handler { value in
            self.labels.withLock { $0[label] = (kind, Set(dimensions.map(\.0))) }
            self.values.withLock { $0[name, default: []].append(value) }
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handler("counter", label, dimensions)
    }
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(aggregate ? "recorder" : "gauge", label, dimensions)
    }
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        handler("meter", label, dimensions)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        handler("timer", label, dimensions)
    }
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
