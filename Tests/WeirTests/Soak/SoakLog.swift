import Synchronization
import Testing
import Weir

/// What happened in a soak: what each caller is doing and since when, counts of the results, and violations.
final class SoakLog: Sendable {
    private struct State {
        var underWay: [Int: (what: String, since: ContinuousClock.Instant)] = [:]
        var outcomes: [String: Int] = [:]
        var faults: [String] = []
        var faultCount = 0
        var done = 0
    }

    private let state = Mutex(State())

    var done: Int { state.withLock { $0.done } }

    func begin(_ task: Int, _ what: String) {
        state.withLock { $0.underWay[task] = (what, .now) }
    }

    func end(_ task: Int, _ outcome: String) {
        state.withLock { state in
            let what = state.underWay.removeValue(forKey: task)?.what ?? "?"
            let kind = what.prefix { $0 != " " }
            state.outcomes["\(kind): \(outcome)", default: 0] += 1
            state.done += 1
        }
    }

    /// Something that must not happen. The first few are kept in words.
    func fault(_ text: String) {
        state.withLock { state in
            state.faultCount += 1
            if state.faults.count < 20 { state.faults.append(text) }
        }
    }

    var faults: (count: Int, first: [String]) { state.withLock { ($0.faultCount, $0.faults) } }

    /// A description of the callers that wait for longer.
    func waiting(longerThan limit: Duration) -> [String] {
        let now = ContinuousClock.now
        return state.withLock { state in
            state.underWay.filter { $0.value.since.duration(to: now) > limit }.sorted { $0.key < $1.key }
                .map { "task \($0.key) since \($0.value.since.duration(to: now)): \($0.value.what)" }
        }
    }

    /// How often each kind of question ended how.
    var summary: String {
        state.withLock { $0.outcomes }.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }
            .joined(separator: "\n")
    }
}
