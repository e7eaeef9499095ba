import CLinux
import Glibc
import IOEngine
import MonotonicTime
import Testing

/// A daemon that runs out of descriptors must report it, pause and continue. Each test runs in a separate process
/// because the limit is per process.
@Suite("Engine contract: out of descriptors")
struct ExhaustionTests {
    @Test(arguments: KernelEngine.available)
    func theKernelEnginePausesAndContinues(_ kind: KernelEngine) async {
        await #expect(processExitsWith: .success) { [kind = kind as KernelEngine] in
            let world = try KernelWorld(kind, isUnix: true)
            let (listening, address) = try world.listeningSocket()
            world.engine.listen(on: listening, listener: ListenerID(rawValue: 0))
            _ = try world.dial(address)
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let usual = limit
            limit.rlim_cur = 100
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var fillers: [Int32] = []
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }

            var failures = 0
            let start = world.engine.now
            // The engine tries again after a second, by which time a busy machine may not have made all turns.
            for _ in 0..<5 where world.engine.now < start + .milliseconds(500) {
                world.engine.turn(until: world.engine.now + .milliseconds(5)) { completion in
                    if case .acceptFailed(_, EMFILE) = completion { failures += 1 }
                    // Retrying in the same turn would fail forever.
                    if failures > 10 { exit(3) }
                }
            }
            // The test process may have closed a descriptor meanwhile.
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
            var failedConnects = 0
            _ = world.engine.connect(to: address, token: tokenA)
            world.engine.turn(until: world.engine.now + .milliseconds(5)) { completion in
                if case .failed(tokenA, EMFILE) = completion { failedConnects += 1 }
            }
            if failures != 1 { exit(4) }
            if failedConnects != 1 { exit(6) }
            for filler in fillers { Glibc.close(filler) }

            var limitAgain = usual
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limitAgain)
            var accepted = 0
            while accepted == 0, world.engine.now < start + .seconds(120) {
                world.engine.turn(until: world.engine.now + .seconds(5)) { completion in
                    if case .accepted = completion { accepted += 1 }
                }
            }
            if accepted != 1 { exit(5) }
        }
    }

    /// Otherwise the eight bytes would reach a descriptor with the same number: at the end of the daemon, a connection.
    @Test(arguments: KernelEngine.available)
    func wakingADestroyedEngineTouchesNoOtherDescriptor(_ kind: KernelEngine) async {
        await #expect(processExitsWith: .success) { [kind = kind as KernelEngine] in
            var waker: (@Sendable () -> Void)?
            do {
                let world = try KernelWorld(kind, isUnix: true)
                waker = world.engine.waker
            }
            let others = (0..<10).map { _ in eventfd(0, WEIR_EVENTFD_FLAGS) }
            waker?()
            for other in others {
                var count: UInt64 = 0
                if unsafe read(other, &count, 8) == 8 { exit(3) }
            }
        }
    }

    /// Where io_uring is forbidden, creating the engine fails at the same place.
    @Test func anEngineThatCannotBeCreatedThrowsAndLeaksNothing() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 100
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var fillers: [Int32] = []
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
            for _ in 0..<10 {
                do throws(SystemError) {
                    _ = try UringEngine()
                    exit(3)
                } catch {
                    if UringEngine.objection == nil { exit(4) }
                }
            }
            // The test process may have closed a descriptor meanwhile.
            while case let filler = dup(0), filler >= 0 { fillers.append(filler) }
            // Room for one descriptor: the one after the ring fails.
            if let filler = fillers.popLast() { Glibc.close(filler) }
            for _ in 0..<10 {
                do throws(SystemError) {
                    _ = try UringEngine()
                    exit(5)
                } catch {}
            }
            let next = dup(0)
            if next < 0 { exit(6) }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func theSimulatedEnginePausesAndContinues(_ seed: UInt64) throws {
        let world = SimulatedWorld(seed: seed)
        let (listening, address) = world.listeningSocket()
        world.engine.listen(on: listening, listener: ListenerID(rawValue: 0))
        world.network.descriptorLimit = 0
        let far = world.dial(address)
        let failure = Seen.acceptFailed(ListenerID(rawValue: 0), EMFILE)
        #expect(world.collect { $0.contains(failure) } + world.settle() == [failure])
        _ = world.engine.connect(to: address, token: tokenA)
        #expect(world.collect { $0.hasFailed(tokenA) } == [.failed(tokenA, EMFILE)])
        world.network.descriptorLimit = nil
        let seen = world.collect { $0.events.count == 1 }
        guard case .accepted = seen.first else { return #expect(Bool(false), "\(seen)") }
        #expect(!far.isOver)
    }
}
