import CoreMetrics
import Logging
import Synchronization

/// A log that can be read.
final class RecordedLog: Sendable {
    private let lines = Mutex<[String]>([])

    /// `warning could not connect: … taken-at=App/Orders.swift:3`
    var entries: [String] { lines.withLock { $0 } }
    var warnings: [String] { entries.filter { $0.hasPrefix("warning") } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

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

/// Metrics that can be read: everything that was recorded, by `name{dimension=value,…}`.
final class RecordedMetrics: MetricsFactory, Sendable {
    private let values = Mutex<[String: [Int64]]>([:])
    private let labels = Mutex<[String: (kind: String, dimensions: Set<String>)]>([:])

    /// What kind of thing was recorded under a label, and with which dimensions.
    var kinds: [String: (kind: String, dimensions: Set<String>)] { labels.withLock { $0 } }

    /// What was recorded under names that begin like this.
    subscript(_ name: String) -> [Int64] { values.withLock { $0[name] ?? [] } }
    var names: Set<String> { values.withLock { Set($0.keys) } }
    func sum(_ name: String) -> Int64 { self[name].reduce(0, +) }

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

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handler("counter", label, dimensions)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        handler(aggregate ? "recorder" : "gauge", label, dimensions)
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        handler("meter", label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        handler("timer", label, dimensions)
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
