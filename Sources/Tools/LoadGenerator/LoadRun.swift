import CLinux
import Glibc
import IOEngine
package import LoadPlan
import MonotonicTime

/// A run on real sockets, from the first connection to the report.
///
/// It is here and not in the command because a runner is specialized for its engine in the module that creates it.
package enum LoadRun {
    /// The interval between progress reports.
    package static let progressInterval: Duration = .milliseconds(200)

    /// Progress reports cover the last second.
    private static let progressTicks = 5

    /// Runs on the calling thread until the load is over.
    ///
    /// - Parameters:
    ///   - interruptions: the number of requests to end early: the first ends the load, the second does not wait for
    ///     transactions that have begun. Called at least once per ``progressInterval``.
    ///   - progress: receives five progress reports per second.
    /// - Throws: ``LoadRunError`` if no client could connect, or a system call failed.
    package static func run(
        _ target: LoadTarget, _ script: Script, _ options: LoadOptions, interruptions: () -> Int,
        progress: (LoadProgress) -> Void
    ) throws(LoadRunError) -> LoadReport {
        raiseFileLimit(for: options.clients)
        reduceTimerSlack()
        // A separate branch for each engine, so that the runner is specialized for it.
        if UringEngine.objection == nil, let engine = try? UringEngine() {
            var runner = LoadRunner(
                target: target, script: script, options: options, engine: engine, clock: { now() })
            return try drive(&runner, interruptions: interruptions, progress: progress)
        }
        let engine: EpollEngine
        do throws(SystemError) {
            engine = try EpollEngine()
        } catch {
            throw LoadRunError("\(error.call) failed: \(error.reason)")
        }
        var runner = LoadRunner(target: target, script: script, options: options, engine: engine, clock: { now() })
        return try drive(&runner, interruptions: interruptions, progress: progress)
    }

    private static func drive<Engine: IOEngine & ~Copyable>(
        _ runner: inout LoadRunner<Engine>, interruptions: () -> Int, progress: (LoadProgress) -> Void
    ) throws(LoadRunError) -> LoadReport {
        var watch = ProgressWatch(at: now())
        var meter = ProcessorMeter()
        var seen = 0
        while !runner.isDone {
            runner.turn(until: watch.next)
            let wanted = interruptions()
            while seen < min(wanted, 2) {
                seen += 1
                runner.interrupt()
            }
            meter.note(runner.progressStage)
            let time = now()
            if time >= watch.next {
                let (recent, span) = watch.tick(runner.takeRecent(), at: time)
                progress(runner.progress(recent: recent, over: span))
            }
        }
        runner.flushSends()
        if let failure = runner.startFailure { throw LoadRunError(failure) }
        var report = runner.report
        report.generatorLoad = meter.load
        return report
    }

    private static func now() -> Instant { Instant(nanoseconds: weir_monotonic_nanoseconds()) }

    private static func raiseFileLimit(for clients: Int) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        let wanted = rlim_t(clients + 64)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        _ = unsafe setrlimit(resource, &limit)
    }

    /// Linux lets a sleeping thread oversleep by 50 µs to save wake-ups; an open loop would begin each transaction that
    /// much too late.
    private static func reduceTimerSlack() {
        let descriptor = unsafe open("/proc/self/timerslack_ns", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = unsafe write(descriptor, "1", 1)
        close(descriptor)
    }

    /// Sums up the figures of the last second, one tick at a time.
    private struct ProgressWatch {
        private(set) var next: Instant
        private var last: Instant
        private var ticks: [(recent: LatencyHistogram, span: Duration)] = []

        init(at now: Instant) {
            last = now
            next = now + progressInterval
        }

        mutating func tick(_ recent: LatencyHistogram, at now: Instant) -> (LatencyHistogram, Duration) {
            ticks.append((recent, now.duration(since: last)))
            if ticks.count > progressTicks { ticks.removeFirst() }
            last = now
            next = now + progressInterval
            var sum = LatencyHistogram()
            for tick in ticks { sum.merge(tick.recent) }
            return (sum, ticks.reduce(.zero) { $0 + $1.span })
        }
    }

    /// Measures the share of the measured time that this thread spent on a processor.
    private struct ProcessorMeter {
        private var stage = LoadProgress.Stage.connecting
        private var began: (wall: Int64, thread: Int64)?
        private(set) var load: Double?

        mutating func note(_ new: LoadProgress.Stage) {
            guard new != stage else { return }
            stage = new
            if new == .measuring {
                began = (weir_monotonic_nanoseconds(), Self.threadNanoseconds())
            } else if let began, load == nil {
                let passed = weir_monotonic_nanoseconds() - began.wall
                if passed > 0 { load = Double(Self.threadNanoseconds() - began.thread) / Double(passed) }
            }
        }

        private static func threadNanoseconds() -> Int64 {
            var time = timespec()
            unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
    }
}

/// The error thrown when a run is impossible.
package struct LoadRunError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
