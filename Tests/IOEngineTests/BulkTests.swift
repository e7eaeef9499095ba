import IOEngine
import MonotonicTime
import Testing

/// When much comes fast, engines let it gather; nothing else about receiving may change by that.
@Suite("Engine contract: bulk")
struct BulkTests {
    @Test(arguments: BulkKind.all)
    func whatComesFastIsLetGather(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        // On a machine that is so busy that pieces come slowly, it takes a while.
        for _ in 0..<20_000 where stream.emptyTurns < 200 { stream.next() }
        #expect(stream.emptyTurns >= 200)
        #expect(stream.endsWell())
    }

    @Test(arguments: BulkKind.all)
    func aRequestSentTheOtherWayMakesTheAnswerComeAtOnce(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        for _ in 0..<1_000 {
            stream.next()
            #expect(stream.engine.send([1], to: stream.socket))
        }
        #expect(stream.emptyTurns < 200)
        #expect(stream.endsWell())
    }

    @Test(arguments: BulkKind.all)
    func nothingIsLostInPausesAndHandOvers(_ kind: BulkKind) throws {
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
    func aClosedSocketIsClosedDuringARest(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        for _ in 0..<50 { stream.next() }
        stream.engine.close(stream.socket, flushing: false)
        _ = stream.world.collect { _ in stream.far.isOver }
    }

    @Test(arguments: BulkKind.all)
    func aResetDuringARestIsReportedOnce(_ kind: BulkKind) throws {
        let stream = try BulkStream(kind)
        guard stream.world.canReset else { return }
        for _ in 0..<50 { stream.next() }
        stream.far.reset()
        let seen = stream.world.collect { $0.hasFailed(tokenA) } + stream.world.settle()
        #expect(seen.failures(tokenA) == 1)
    }
}

/// When to rest.
@Suite("Bulk flow")
struct BulkFlowTests {
    /// A flow in which as much as is needed has come, 8 KiB each 20 µs.
    private func running() -> (BulkFlow, Instant) {
        var flow = BulkFlow()
        var now = Instant(nanoseconds: 1 << 42)
        for _ in 0..<64 {
            _ = flow.received(8_192, capacity: 65_536, at: now)
            now = now.advanced(byNanoseconds: 20_000)
        }
        return (flow, now)
    }

    @Test func itRestsFromTheFirst256KiBOn() {
        var flow = BulkFlow()
        var rests: [Bool] = []
        for piece in 0..<64 {
            let now = Instant(nanoseconds: Int64(piece) * 20_000)
            rests.append(flow.received(8_192, capacity: 65_536, at: now))
        }
        #expect(rests.firstIndex(of: true) == 31)
        #expect(rests[31...].allSatisfy { $0 })
    }

    @Test(arguments: [
        (8_192, 0, true),  // more of the same
        (8_192, 60_000, true),  // slow enough for two pieces in a rest, just
        (8_192, 80_000, false),  // too slow
        (40_000, 200_000, true),  // what has gathered in a rest
        (65_536, 20_000, false),  // more is waiting
        (65_535, 20_000, true),
        (4_095, 20_000, false),  // the end of something
        (0, 20_000, false),
    ])
    func aPieceDecides(count: Int, gap: Int64, rests: Bool) {
        var (flow, now) = running()
        now = now.advanced(byNanoseconds: gap - 20_000)
        let decision = flow.received(count, capacity: 65_536, at: now)
        #expect(decision == rests)
    }

    @Test func itBeginsAnewWhenSomethingWasSentTheOtherWay() {
        var (flow, now) = running()
        flow.end()
        var rests: [Bool] = []
        for _ in 0..<32 {
            rests.append(flow.received(8_192, capacity: 65_536, at: now))
            now = now.advanced(byNanoseconds: 20_000)
        }
        #expect(rests == Array(repeating: false, count: 31) + [true])
    }

    @Test func aPieceAfterALongTimeIsSlow() {
        var (flow, now) = running()
        // Beyond the lower 32 bits of its clock.
        now = now.advanced(byNanoseconds: 3 << 42)
        let rests = flow.received(8_192, capacity: 65_536, at: now.advanced(byNanoseconds: 1_000_000))
        #expect(!rests)
    }
}
