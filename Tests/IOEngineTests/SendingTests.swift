import IOEngine
import Testing

/// The contract for sending, on every engine.
@Suite("Engine contract: sending")
struct SendingTests {
    @Test(arguments: WorldKind.all)
    func sentBytesArrive(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        var isAllSent = world.engine.send([1, 2], to: handle)
        isAllSent = world.engine.send([], to: handle) && isAllSent
        isAllSent = world.engine.send([3], to: handle) && isAllSent
        let seen = world.collect { isAllSent != $0.contains(.drained(tokenA)) && far.received.count == 3 }
        #expect(far.received == [1, 2, 3])
        #expect(seen.count == (isAllSent ? 0 : 1))
    }

    @Test(arguments: WorldKind.all)
    func partOfAPieceIsForwarded(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (_, from) = try world.attached(tokenA)
        let (target, to) = try world.attached(tokenB)
        from.send([0, 1, 2, 3, 4, 5, 6, 7])
        var position = 0
        _ = world.collect { _ in
            to.received.count == 4
        } each: { completion in
            guard case .received(tokenA, let piece) = completion else { return }
            let wanted = max(2, position)..<max(max(2, position), min(6, position + piece.count))
            _ = world.engine.forward(piece, wanted.lowerBound - position..<wanted.upperBound - position, to: target)
            position += piece.count
        }
        #expect(to.received == [2, 3, 4, 5])
    }

    @Test(arguments: WorldKind.all)
    func aFullConnectionQueuesBytesAndReportsWhenAllAreSent(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        var sent = world.sendUntilFull(handle)
        // Bytes sent now must wait after the queued ones.
        #expect(!world.engine.send([1, 2, 3], to: handle))
        sent += [1, 2, 3]
        let before = world.settle()
        far.isReading = true
        let seen = before + world.collect { $0.contains(.drained(tokenA)) } + world.settle()
        _ = world.collect { _ in far.received.count >= sent.count }
        #expect(seen == [.drained(tokenA)])
        #expect(far.received == sent)
    }

    @Test(arguments: WorldKind.all)
    func aFullConnectionStillReceives(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        _ = world.sendUntilFull(handle)
        far.send([9, 9])
        #expect(world.collect { $0.byteCount(tokenA) == 2 }.bytes(tokenA) == [9, 9])
    }

    @Test(arguments: WorldKind.all)
    func aPausedSocketStillSends(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        let sent = world.sendUntilFull(handle)
        world.engine.pause(handle, watchingForClose: false)
        far.send([1])
        far.isReading = true
        let seen = world.collect { $0.contains(.drained(tokenA)) && far.received.count == sent.count }
        #expect(seen == [.drained(tokenA)])
        #expect(far.received == sent)
    }

    /// A peer that has closed its sending side may still read.
    @Test(arguments: WorldKind.all)
    func bytesAreStillSentToAPeerThatClosedItsSendingSide(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.closeSending()
        var seen = world.collect { $0.contains(.closed(tokenA)) }
        far.isReading = false
        let sent = world.sendUntilFull(handle)
        seen += world.settle()
        far.isReading = true
        seen += world.collect { $0.contains(.drained(tokenA)) && far.received.count == sent.count }
        #expect(far.received == sent)
        #expect(seen == [.closed(tokenA), .drained(tokenA)])
    }

    @Test(arguments: WorldKind.all)
    func bytesQueuedBeforeThePeerClosedItsSendingSideAreSent(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        let sent = world.sendUntilFull(handle)
        far.closeSending()
        var seen = world.settle()
        far.isReading = true
        seen += world.collect { _ in far.received.count == sent.count } + world.settle()
        #expect(far.received == sent)
        #expect(seen.count(.closed(tokenA)) == 1)
        #expect(seen.count(.drained(tokenA)) == 1)
        #expect(seen.count == 2)
    }

    @Test(arguments: WorldKind.all)
    func sendingToAPeerThatIsGoneFailsOnce(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.close()
        var seen = world.collect { $0.contains(.closed(tokenA)) }
        for _ in 0..<3 {
            _ = world.engine.send([1, 2, 3], to: handle)
            seen += world.settle()
        }
        #expect(seen.failures(tokenA) == 1)
        #expect(seen.events.filter { $0 != .drained(tokenA) }.count == 2)
    }

    @Test(arguments: WorldKind.all)
    func aResetDiscardsQueuedBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        guard world.canReset else { return }
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        _ = world.sendUntilFull(handle)
        far.reset()
        let seen = world.collect { $0.hasFailed(tokenA) } + world.settle()
        #expect(seen.failures(tokenA) == 1)
        #expect(seen.count == 1)
    }
}
