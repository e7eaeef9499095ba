import Glibc
import IOEngine
import MonotonicTime
import Testing

@Suite("Engine contract: waiting")
struct WaitingTests {
    /// Distant deadlines are implemented differently from near ones.
    @Test(arguments: KernelEngine.available, [20, 60])
    func aWaitEndsAtTheDeadlineAndNotBefore(_ kind: KernelEngine, milliseconds: Int) throws {
        let engine = try kind.make()
        expectDeadline(engine, engine.now + .milliseconds(milliseconds))
    }

    @Test(arguments: KernelEngine.available, [20, 60])
    func aDeadlineBeforeThePreviousOneIsMet(_ kind: KernelEngine, milliseconds: Int) throws {
        let engine = try kind.make()
        let start = engine.now
        engine.waker()
        engine.turn(until: start + .seconds(240)) { _ in }
        expectDeadline(engine, engine.now + .milliseconds(milliseconds))
        #expect(engine.now < start + .seconds(120))
    }

    @Test(arguments: KernelEngine.available)
    func aDeadlineAfterThePreviousOneIsMet(_ kind: KernelEngine) throws {
        let engine = try kind.make()
        let start = engine.now
        engine.waker()
        engine.turn(until: start + .milliseconds(60)) { _ in }
        expectDeadline(engine, start + .milliseconds(140))
        expectDeadline(engine, engine.now + .milliseconds(60))
    }

    /// Runs turns without spinning until the deadline.
    private func expectDeadline(_ engine: any BoxedEngine, _ deadline: Instant) {
        var turns = 0
        while engine.now < deadline {
            engine.turn(until: deadline) { Issue.record("unexpected completion: \($0)") }
            turns += 1
        }
        // Child processes of other tests end, and their signals occasionally interrupt a wait.
        #expect(turns < 20)
    }

    @Test func simulatedTimeJumpsToTheDeadline() {
        let network = SimulatedNetwork(seed: 1)
        let engine = EngineBox(SimulatedEngine(on: network))
        let start = engine.now
        var turns: [Instant] = []
        network.run(until: start + .seconds(60)) { _ in
            engine.turn(until: engine.now == start ? start + .seconds(50) : nil) { _ in }
            turns.append(engine.now)
        }
        #expect(turns.first == start)
        #expect(turns.contains(start + .seconds(50)))
        #expect(Set(turns).count == 2)
        #expect(network.now == start + .seconds(60))
    }

    @Test(arguments: KernelEngine.available)
    func aWakerEndsAWaitFromAnotherThread(_ kind: KernelEngine) throws {
        let engine = try kind.make()
        let start = engine.now
        let thread = Thread(engine.waker)
        engine.turn(until: start + .seconds(240)) { Issue.record("unexpected completion: \($0)") }
        thread.join()
        #expect(engine.now < start + .seconds(120))
    }

    @Test(arguments: KernelEngine.available)
    func aWakeUpBeforeTheWaitIsNotLost(_ kind: KernelEngine) throws {
        let engine = try kind.make()
        let start = engine.now
        engine.waker()
        engine.turn(until: start + .seconds(240)) { _ in }
        #expect(engine.now < start + .seconds(120))
    }

    @Test func aWokenSimulatedEngineGetsATurn() {
        let network = SimulatedNetwork(seed: 1)
        let engine = EngineBox(SimulatedEngine(on: network))
        var turns = 0
        network.runUntilQuiet { _ in
            engine.turn(until: nil) { _ in turns += 1 }; turns += 1
        }
        let before = turns
        network.runUntilQuiet { _ in turns += 1 }
        #expect(turns == before)
        engine.waker()
        network.runUntilQuiet { _ in
            engine.turn(until: nil) { _ in }
            turns += 1
        }
        #expect(turns > before)
    }

    @Test func aWorkerThatSpinsIsDetected() {
        let network = SimulatedNetwork(seed: 1)
        let engine = EngineBox(SimulatedEngine(on: network))
        network.run(for: .seconds(1)) { _ in engine.turn(until: engine.now) { _ in } }
        #expect(network.violations.count == 1)
    }
}

/// Runs a closure on a separate thread.
private final class Thread {
    private let box: Box
    private var thread = pthread_t()

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    init(_ body: @escaping @Sendable () -> Void) {
        box = Box(body)
        unsafe pthread_create(
            &thread, nil,
            { raw in
                guard let raw = unsafe raw else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(raw).takeUnretainedValue().body()
                return nil
            }, Unmanaged.passUnretained(box).toOpaque())
    }

    func join() { _ = pthread_join(thread, nil) }
}
