import IOEngine
import MonotonicTime
import Testing

/// For bulk data, engines delay receiving; nothing else about receiving may change because of that.
@Suite("Engine contract: bulk")
struct BulkTests {
    @Test(arguments: BulkKind.all)
    func bulkDataAccumulatesBeforeItIsReceived(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        // On a machine so busy that pieces come slowly, it takes a while.
        for _ in 0..<20_000 where stream.emptyTurns < 200 { stream.next() }
        #expect(stream.emptyTurns >= 200)
        #expect(stream.endsWell())
    }

    @Test(arguments: BulkKind.all)
    func afterARequestInTheOtherDirectionTheAnswerIsNotDelayed(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        for _ in 0..<1_000 {
            stream.next()
            #expect(stream.engine.send([1], to: stream.socket))
        }
        #expect(stream.emptyTurns < 200)
        #expect(stream.endsWell())
    }

    @Test(arguments: BulkKind.all)
    func pausesAndMovesBetweenEnginesLoseNoBytes(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        for round in 0..<1_500 {
            stream.next()
            switch round % 150 {
            case 50:
                stream.engine.pause(stream.socket, watchingForClose: round % 4 == 0)
                let received = stream.received
                for _ in 0..<10 { stream.next() }
                #expect(stream.received == received)
                stream.engine.resume(stream.socket)
            case 100:
                stream.engine.pause(stream.socket, watchingForClose: true)
                stream.engine.resume(stream.socket)
            case 149: stream.handOver()
            default: break
            }
        }
        #expect(stream.endsWell())
    }

    @Test(arguments: BulkKind.all)
    func aSocketCanBeClosedDuringADelay(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        for _ in 0..<50 { stream.next() }
        stream.engine.close(stream.socket, flushing: false)
        _ = stream.world.collect { _ in stream.far.isOver }
    }

    @Test(arguments: BulkKind.all)
    func aResetDuringADelayIsReportedOnce(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        guard stream.world.canReset else { return }
        for _ in 0..<50 { stream.next() }
        stream.far.reset()
        let seen = stream.world.collect { $0.hasFailed(tokenA) } + stream.world.settle()
        #expect(seen.failures(tokenA) == 1)
    }
}

/// When to delay.
@Suite("Bulk flow")
struct BulkFlowTests {
    /// A flow that has received as much as is needed, 8 KiB every 20 µs.
    private func running() -> (BulkFlow, Instant) {
        var flow = BulkFlow()
        var now = Instant(nanoseconds: 1 << 42)
        for _ in 0..<64 {
            _ = flow.received(8_192, capacity: 65_536, at: now)
            now = now.advanced(byNanoseconds: 20_000)
        }
        return (flow, now)
    }

    @Test func itDelaysAfterTheFirst256KiB() {
        var flow = BulkFlow()
        var delays: [Bool] = []
        for piece in 0..<64 {
            let now = Instant(nanoseconds: Int64(piece) * 20_000)
            delays.append(flow.received(8_192, capacity: 65_536, at: now))
        }
        #expect(delays.firstIndex(of: true) == 31)
        #expect(delays[31...].allSatisfy { $0 })
    }

    @Test(arguments: [
        (8_192, 0, true),  // more of the same
        (8_192, 60_000, true),  // just slow enough for two pieces in a delay
        (8_192, 80_000, false),  // too slow
        (40_000, 200_000, true),  // the bytes accumulated in a delay
        (65_536, 20_000, false),  // more bytes are waiting
        (65_535, 20_000, true),
        (4_095, 20_000, false),  // probably the end of an answer
        (0, 20_000, false),
    ])
    func sizeAndGapDecide(count: Int, gap: Int64, delays: Bool) {
        var (flow, now) = running()
        now = now.advanced(byNanoseconds: gap - 20_000)
        let decision = flow.received(count, capacity: 65_536, at: now)
        #expect(decision == delays)
    }

    @Test func itStartsOverAfterASendInTheOtherDirection() {
        var (flow, now) = running()
        flow.end()
        var delays: [Bool] = []
        for _ in 0..<32 {
            delays.append(flow.received(8_192, capacity: 65_536, at: now))
            now = now.advanced(byNanoseconds: 20_000)
        }
        #expect(delays == Array(repeating: false, count: 31) + [true])
    }

    @Test func aPieceAfterALongTimeCountsAsSlow() {
        var (flow, now) = running()
        // Beyond the lower 32 bits of its clock.
        now = now.advanced(byNanoseconds: 3 << 42)
        let delays = flow.received(8_192, capacity: 65_536, at: now.advanced(byNanoseconds: 1_000_000))
        #expect(!delays)
    }
}
