import IOEngine
import Testing

/// The contract for closing and detaching, on every engine.
@Suite("Engine contract: closing and detaching")
struct ClosingTests {
    @Test(arguments: WorldKind.all)
    func theFarSideSeesTheEndAfterTheBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        _ = world.engine.send([1, 2, 3], to: handle)
        world.engine.close(handle, flushing: true)
        #expect(world.collect { _ in far.isOver } == [])
        #expect(far.received == [1, 2, 3])
        #expect(!far.wasReset)
    }

    @Test(arguments: WorldKind.all)
    func closingWithFlushingSendsQueuedBytesAndReportsNothing(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        let sent = world.sendUntilFull(handle)
        world.engine.close(handle, flushing: true)
        #expect(world.engine.send([1], to: handle))
        far.isReading = true
        #expect(world.collect { _ in far.isOver } == [])
        #expect(far.received == sent)
        #expect(!far.wasReset)
    }

    @Test(arguments: WorldKind.all)
    func closingWithoutFlushingDiscardsQueuedBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        let sent = world.sendUntilFull(handle)
        world.engine.close(handle, flushing: false)
        far.isReading = true
        #expect(world.collect { _ in far.isOver } == [])
        #expect(far.received.count < sent.count)
        #expect(far.received[...] == sent.prefix(far.received.count))
    }

    /// The last message to a client that is still sending must not be lost to a reset.
    @Test(arguments: WorldKind.all)
    func flushingReachesAPeerWhoseBytesWereNeverReceived(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: false)
        far.send([9, 9, 9])
        #expect(world.settle() == [])
        _ = world.engine.send([1, 2, 3], to: handle)
        world.engine.close(handle, flushing: true)
        #expect(world.collect { _ in far.isOver } == [])
        #expect(far.received == [1, 2, 3])
        #expect(!far.wasReset)
    }

    @Test(arguments: WorldKind.all)
    func queuedBytesReachAPeerWhoseBytesWereNeverReceived(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: false)
        far.isReading = false
        far.send([9, 9, 9])
        #expect(world.settle() == [])
        let sent = world.sendUntilFull(handle)
        world.engine.close(handle, flushing: true)
        far.isReading = true
        #expect(world.collect { _ in far.isOver } == [])
        #expect(far.received == sent)
        #expect(!far.wasReset)
    }

    @Test(arguments: WorldKind.all)
    func aFarSideThatClosesDuringAFlushIsNotReported(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        _ = world.sendUntilFull(handle)
        world.engine.close(handle, flushing: true)
        far.close()
        #expect(world.settle() == [])
    }

    @Test(arguments: WorldKind.all)
    func aClosedHandleIsIgnoredEverywhere(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (old, _) = try world.attached(tokenA)
        world.engine.close(old, flushing: false)
        let (handle, far) = try world.attached(tokenB)
        #expect(world.engine.send([1, 2, 3], to: old))
        world.engine.setToken(tokenA, of: old)
        world.engine.pause(old, watchingForClose: true)
        world.engine.close(old, flushing: true)
        world.engine.close(.none, flushing: true)
        #expect(world.engine.detach(old) == nil)
        far.send([4])
        #expect(world.collect { $0.bytes(tokenB) == [4] }.count == 1)
        world.engine.resume(old)
        #expect(world.engine.send([5], to: handle))
        #expect(world.collect { _ in far.received.count == 1 } == [])
        #expect(far.received == [5])
    }

    @Test(arguments: WorldKind.all)
    func aDetachedSocketContinuesInAnotherEngine(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.send([1])
        _ = world.collect { $0.bytes(tokenA) == [1] }
        far.send([2, 3])
        let detached = try #require(world.engine.detach(handle))
        #expect(world.engine.send([9], to: handle))
        #expect(world.settle() == [])
        let moved = world.engines[1].attach(detached, token: tokenB)
        var seen: [Seen] = []
        for _ in 0..<2000 where seen.byteCount(tokenB) < 2 {
            world.pass { number, completion in
                #expect(number == 1)
                seen.append(Seen(completion))
            }
        }
        #expect(seen.bytes(tokenB) == [2, 3])
        _ = world.engines[1].send([4], to: moved)
        #expect(world.collect { _ in far.received.count == 1 } == [])
        #expect(far.received == [4])
    }

    /// If the engine has received its bytes already, it is not detached.
    @Test(arguments: WorldKind.all)
    func aPausedSocketThatIsDetachedReceivesAgainWhereItIsAttached(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: true)
        far.send([1])
        far.closeSending()
        _ = world.collect { $0.contains(.closed(tokenA)) }
        var token = tokenB
        if let detached = world.engine.detach(handle) {
            _ = world.engine.attach(detached, token: tokenB)
        } else {
            token = tokenA
            world.engine.resume(handle)
        }
        let seen = world.collect { $0.contains(.closed(token)) }
        #expect(seen.bytes(token) == [1])
        #expect(seen.events == [.closed(token)])
    }

    @Test(arguments: WorldKind.all)
    func aSocketWithQueuedBytesIsNotDetached(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        _ = world.sendUntilFull(handle)
        #expect(world.engine.detach(handle) == nil)
        far.isReading = true
        _ = world.collect { $0.contains(.drained(tokenA)) }
        #expect(world.engine.detach(handle) != nil)
    }

    @Test(arguments: WorldKind.all)
    func bytesSentInTheTurnInWhichASocketIsDetachedArrive(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        _ = world.settle()
        #expect(world.engine.send([1, 2], to: handle))
        #expect(world.engine.send([3], to: handle))
        let given = world.engine.detach(handle)
        let moved = world.engines[1].attach(try #require(given), token: tokenB)
        #expect(world.engines[1].send([4], to: moved))
        #expect(world.collect { _ in far.received.count == 4 } == [])
        #expect(far.received == [1, 2, 3, 4])
    }

    @Test(arguments: WorldKind.all)
    func aSocketThatIsStillConnectingIsNotDetached(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (address, _) = try world.server()
        let handle = world.engine.connect(to: address, token: tokenA)
        #expect(world.engine.detach(handle) == nil)
        _ = world.collect { $0.contains(.connected(tokenA)) }
        #expect(world.engine.detach(handle) != nil)
    }
}
