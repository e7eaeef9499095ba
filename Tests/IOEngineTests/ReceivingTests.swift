import IOEngine
import Testing

/// The contract for receiving, on every engine.
@Suite("Engine contract: receiving")
struct ReceivingTests {
    @Test(arguments: WorldKind.all)
    func bytesArriveInOrder(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (_, far) = try world.attached(tokenA)
        let sent = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        far.send(sent)
        let seen = world.collect { $0.byteCount(tokenA) >= sent.count }
        #expect(seen.bytes(tokenA) == sent)
        #expect(seen.events == [])
    }

    @Test(arguments: WorldKind.all)
    func bytesSentBeforeTheSocketWasAttachedArrive(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (socket, far) = try world.connectedPair()
        far.send([1, 2, 3])
        #expect(world.settle() == [])
        _ = world.engine.attach(socket, token: tokenA)
        let seen = world.collect { $0.byteCount(tokenA) == 3 }
        #expect(seen.bytes(tokenA) == [1, 2, 3])
    }

    @Test(arguments: WorldKind.all)
    func theEndIsReportedOnceAndAfterTheBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (_, far) = try world.attached(tokenA)
        far.send([7, 8, 9])
        far.closeSending()
        let seen = world.collect { $0.contains(.closed(tokenA)) } + world.settle()
        #expect(seen.bytes(tokenA) == [7, 8, 9])
        #expect(seen.events == [.closed(tokenA)])
        #expect(seen.last == .closed(tokenA))
    }

    @Test(arguments: WorldKind.all)
    func aPausedSocketReceivesNothingUntilItIsResumed(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: false)
        far.send([1, 2, 3])
        #expect(world.settle() == [])
        far.send([4])
        #expect(world.settle() == [])
        world.engine.resume(handle)
        #expect(world.collect { $0.byteCount(tokenA) == 4 }.bytes(tokenA) == [1, 2, 3, 4])
    }

    @Test(arguments: WorldKind.all)
    func pausingWhileAPieceIsHandledHoldsTheNext(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        let sent = [UInt8](repeating: 5, count: 300_000)
        far.send(sent)
        var pieces = 0
        var received = 0
        for _ in 0..<100_000 where received < sent.count {
            var perRound = 0
            world.pass { _, completion in
                guard case .received(_, let piece) = completion else { return }
                perRound += 1
                received += piece.count
                world.engine.pause(handle, watchingForClose: false)
            }
            #expect(perRound <= 1)
            pieces += perRound
            world.engine.resume(handle)
        }
        #expect(received == sent.count)
        #expect(pieces > 1)
    }

    @Test(arguments: WorldKind.all)
    func aPausedSocketHidesTheEndUntilItIsResumed(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: false)
        far.send([1, 2])
        far.closeSending()
        #expect(world.settle() == [])
        world.engine.resume(handle)
        let seen = world.collect { $0.contains(.closed(tokenA)) }
        #expect(seen.bytes(tokenA) == [1, 2])
        #expect(seen.events == [.closed(tokenA)])
    }

    /// A client that waits for a server, and has already sent more, closes: its wait must end.
    @Test(arguments: WorldKind.all)
    func aWatchedSocketReportsTheEndBeforeUnreadBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: true)
        far.send([1, 2])
        // The bytes are seen in one turn, the end in a later one.
        #expect(world.settle() == [])
        far.close()
        let seen = world.collect { $0.contains(.closed(tokenA)) } + world.settle()
        #expect(seen == kind.eventsOfClose(tokenA))
    }

    @Test(arguments: WorldKind.all)
    func afterAWatchedEndTheUnreadBytesCanStillBeReceived(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: true)
        far.send([1, 2])
        far.closeSending()
        _ = world.collect { $0.contains(.closed(tokenA)) }
        world.engine.resume(handle)
        let seen = world.collect { $0.contains(.closed(tokenA)) } + world.settle()
        #expect(seen.bytes(tokenA) == [1, 2])
        #expect(seen.events == [.closed(tokenA)])
    }

    @Test(arguments: WorldKind.all)
    func aPausedSocketCanBeWatchedLater(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: false)
        far.send([1])
        far.closeSending()
        #expect(world.settle() == [])
        world.engine.pause(handle, watchingForClose: true)
        #expect(world.collect { $0.contains(.closed(tokenA)) } == [.closed(tokenA)])
    }

    @Test(arguments: WorldKind.all)
    func aWatchedSocketReportsAnEndWithoutBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: true)
        far.close()
        let seen = world.collect { $0.contains(.closed(tokenA)) } + world.settle()
        #expect(seen == kind.eventsOfClose(tokenA))
    }

    /// TCP reports it only after something has been sent; a Unix socket reports it at once.
    @Test(arguments: WorldKind.all)
    func `A peer that closed its sending side and then goes away is reported as failed`(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.closeSending()
        #expect(world.collect { $0.contains(.closed(tokenA)) } + world.settle() == [.closed(tokenA)])
        far.close()
        _ = world.engine.send([1], to: handle)
        let seen = world.collect { $0.contains { if case .failed = $0 { true } else { false } } }
        #expect(seen.count == 1)
        #expect(world.settle() == [])
    }

    @Test(arguments: WorldKind.all)
    func aResetIsReportedOnceAndLast(_ kind: WorldKind) throws {
        let world = try kind.make()
        guard world.canReset else { return }
        let (handle, far) = try world.attached(tokenA)
        #expect(world.settle() == [])
        far.reset()
        var seen = world.collect { $0.hasFailed(tokenA) }
        #expect(world.engine.send([1], to: handle))
        seen += world.settle()
        #expect(world.engine.send([1], to: handle))
        seen += world.settle()
        #expect(seen.count == 1)
    }

    @Test(arguments: WorldKind.all, [true, false])
    func aResetIsReportedToAWatchedSocketAndOtherwiseOnResuming(_ kind: WorldKind, watched: Bool) throws {
        let world = try kind.make()
        guard world.canReset else { return }
        let (handle, far) = try world.attached(tokenA)
        world.engine.pause(handle, watchingForClose: watched)
        far.send([1, 2, 3])
        #expect(world.settle() == [])
        far.reset()
        var seen = watched ? world.collect { $0.hasFailed(tokenA) } : world.settle()
        world.engine.resume(handle)
        if seen.isEmpty { seen = world.collect { $0.hasFailed(tokenA) } }
        seen += world.settle()
        #expect(seen.failures(tokenA) == 1)
        #expect(seen.events.count == 1)
    }

    @Test(arguments: WorldKind.all)
    func completionsCarryANewToken(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (handle, far) = try world.attached(tokenA)
        far.send([1])
        #expect(world.collect { $0.bytes(tokenA) == [1] }.count == 1)
        world.engine.setToken(tokenB, of: handle)
        far.send([2])
        #expect(world.collect { $0.bytes(tokenB) == [2] }.count == 1)
    }
}
