import IOEngine
import Testing

/// The contract for connecting and accepting, on every engine.
@Suite("Engine contract: connecting and accepting")
struct ConnectingTests {
    @Test(arguments: WorldKind.all)
    func anEstablishedConnectionReceivesAutomatically(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (address, newest) = try world.server()
        let handle = world.engine.connect(to: address, token: tokenA)
        var seen = world.collect { $0.contains(.connected(tokenA)) && newest() != nil }
        #expect(world.engine.peerAddress(of: handle).port == address.port)
        let far = try #require(newest())
        far.send([1, 2])
        seen += world.collect { $0.byteCount(tokenA) == 2 }
        #expect(seen.events == [.connected(tokenA)])
        #expect(seen.first == .connected(tokenA))
    }

    @Test(arguments: WorldKind.all)
    func bytesSentWhileConnectingAreSentWhenTheConnectionIsEstablished(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (address, newest) = try world.server()
        let handle = world.engine.connect(to: address, token: tokenA)
        let isSent = world.engine.send([1, 2, 3], to: handle)
        let seen = world.collect { seen in
            seen.contains(.connected(tokenA)) && (isSent || seen.contains(.drained(tokenA)))
                && newest()?.received.count == 3
        }
        #expect(newest()?.received == [1, 2, 3])
        #expect(seen.first == .connected(tokenA))
        #expect(seen.count == (isSent ? 1 : 2))
    }

    @Test(arguments: WorldKind.all)
    func aRefusalIsReportedOnce(_ kind: WorldKind) throws {
        let world = try kind.make()
        _ = world.engine.connect(to: try world.refusingAddress(), token: tokenA)
        let seen = world.collect { $0.hasFailed(tokenA) } + world.settle()
        #expect(seen == [.failed(tokenA, 111)])  // ECONNREFUSED
    }

    @Test(arguments: WorldKind.all)
    func aRefusalIsReportedOnceToAPausedSocketWithQueuedBytes(_ kind: WorldKind) throws {
        let world = try kind.make()
        let handle = world.engine.connect(to: try world.refusingAddress(), token: tokenA)
        _ = world.engine.send([1, 2, 3], to: handle)
        world.engine.pause(handle, watchingForClose: true)
        let seen = world.collect { $0.hasFailed(tokenA) } + world.settle()
        #expect(seen == [.failed(tokenA, 111)])
    }

    @Test(arguments: WorldKind.all)
    func aSocketPausedWhileConnectingStaysPaused(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (address, newest) = try world.server()
        let handle = world.engine.connect(to: address, token: tokenA)
        world.engine.pause(handle, watchingForClose: true)
        var seen = world.collect { $0.contains(.connected(tokenA)) && newest() != nil }
        newest()?.send([1])
        seen += world.settle()
        #expect(seen == [.connected(tokenA)])
        newest()?.closeSending()
        #expect(world.collect { $0.contains(.closed(tokenA)) } == [.closed(tokenA)])
    }

    @Test(arguments: WorldKind.all)
    func aConnectionIsAccepted(_ kind: WorldKind) throws {
        let world = try kind.make()
        let (listening, address) = try world.listeningSocket()
        let listener = ListenerID(rawValue: 3)
        world.engine.listen(on: listening, listener: listener)
        let far = try world.dial(address)
        far.send([1, 2])
        var handle = SocketHandle.none
        let seen = world.collect {
            $0.byteCount(tokenA) == 2
        } each: { completion in
            guard case .accepted(listener, let socket) = completion else { return }
            handle = world.engine.attach(socket, token: tokenA)
        }
        #expect(seen.events.count == 1)
        #expect(world.engine.localAddress(of: handle).port == address.port)
        #expect(world.engine.localAddress(of: handle).isUnix == address.isUnix)
        #expect(world.engine.peerAddress(of: handle).isUnix == address.isUnix)
        #expect(world.engine.send([3], to: handle))
        #expect(world.collect { _ in far.received == [3] } == [])
    }

    @Test(arguments: WorldKind.all)
    func aConnectionBrokenBeforeItIsAcceptedKeepsItsAddressFamily(_ kind: WorldKind) throws {
        let world = try kind.make()
        guard world.canReset else { return }
        let (listening, address) = try world.listeningSocket()
        let broken = try world.dial(address)
        broken.send([1, 2])
        broken.reset()
        world.engine.listen(on: listening, listener: ListenerID(rawValue: 0))
        _ = try world.dial(address)
        var peers: [SocketAddress] = []
        _ = world.collect { _ in
            peers.count > 0
        } each: { completion in
            guard case .accepted(_, let socket) = completion else { return }
            peers.append(world.engine.peerAddress(of: world.engine.attach(socket, token: tokenA)))
        }
        #expect(peers.allSatisfy { $0.isUnix == address.isUnix && $0 != address })
    }

    @Test(arguments: WorldKind.all)
    func manyConnectionsAreAcceptedByTheirListeners(_ kind: WorldKind) throws {
        let world = try kind.make()
        let sockets = try [world.listeningSocket(), world.listeningSocket()]
        for (number, socket) in sockets.enumerated() {
            world.engine.listen(on: socket.0, listener: ListenerID(rawValue: number))
        }
        var farSides: [any FarSide] = []
        for number in 0..<10 { farSides.append(try world.dial(sockets[number % 2].1)) }
        var counts = [0, 0]
        _ = world.collect { _ in
            counts == [5, 5]
        } each: { completion in
            guard case .accepted(let listener, let socket) = completion else { return }
            counts[listener.rawValue] += 1
            _ = world.engine.attach(socket, token: tokenA)
        }
        #expect(farSides.allSatisfy { !$0.isOver })
    }

    @Test(arguments: WorldKind.all)
    func aStoppedListenerRefusesAndTheOthersContinue(_ kind: WorldKind) throws {
        let world = try kind.make()
        let sockets = try (0..<3).map { _ in try world.listeningSocket() }
        for (number, socket) in sockets.enumerated() {
            world.engine.listen(on: socket.0, listener: ListenerID(rawValue: number))
        }
        world.engine.stopListening(ListenerID(rawValue: 1))
        let refused = try? world.dial(sockets[1].1)
        _ = try (world.dial(sockets[0].1), world.dial(sockets[2].1))
        var counts = [0, 0, 0]
        _ = world.collect { _ in
            counts == [1, 0, 1] && refused?.isOver ?? true
        } each: { completion in
            guard case .accepted(let listener, let socket) = completion else { return }
            counts[listener.rawValue] += 1
            _ = world.engine.attach(socket, token: tokenA)
        }
    }

    @Test(arguments: WorldKind.all)
    func stoppingAListenerWhileItAcceptsIsHarmless(_ kind: WorldKind) throws {
        let world = try kind.make()
        let sockets = try (0..<2).map { _ in try world.listeningSocket() }
        for (number, socket) in sockets.enumerated() {
            world.engine.listen(on: socket.0, listener: ListenerID(rawValue: number))
        }
        var farSides: [any FarSide] = []
        for number in 0..<6 { farSides.append(try world.dial(sockets[number % 2].1)) }
        var counts = [0, 0]
        _ = world.collect { _ in
            counts[1] == 3
        } each: { completion in
            guard case .accepted(let listener, let socket) = completion else { return }
            counts[listener.rawValue] += 1
            _ = world.engine.attach(socket, token: tokenA)
            world.engine.stopListening(ListenerID(rawValue: 0))
        }
        #expect(counts[0] <= 1)
    }
}
