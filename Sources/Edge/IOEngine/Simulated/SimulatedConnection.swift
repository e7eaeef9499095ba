import Glibc
import MonotonicTime

/// The far side's end of a connection, and the path between both ends.
///
/// A ``SimulatedPeer`` sends, closes and resets through it; the pooler's end is a ``SimulatedSocket`` inside an engine.
/// Bytes travel as events on the network's clock, in order in each direction.
package final class SimulatedConnection {
    /// The number of this connection in the network, counted from 1.
    package let number: Int
    /// The far side's own address, and the address it is connected to.
    package let localAddress: SocketAddress
    package let remoteAddress: SocketAddress
    /// Whether the connection is open for the far side; false after either side closed or reset it.
    package private(set) var isOpen = true

    /// Whether the pooler still holds its end. This changes before the far side's callbacks, because bytes and ends
    /// take time to arrive.
    package var isHeldByPooler: Bool { socket.map { $0.state != .closed && $0.state != .flushing } ?? false }

    /// Which engine holds the pooler's end; `nil` while it is in a backlog or between two engines.
    package var holder: ObjectIdentifier? { socket?.owner.map { ObjectIdentifier($0) } }

    unowned let network: SimulatedNetwork
    private(set) var peer: (any SimulatedPeer)?
    weak var socket: SimulatedSocket?
    private(set) var isEstablished = false

    // From the far side to the pooler.
    private var outgoing = ByteQueue()
    private var endsSending = false
    private var hasSentEnd = false
    private var toSocket: Path

    // From the pooler to the far side.
    private var unread = ByteQueue()
    private var isReading = true
    private var endHasArrived = false
    private var toPeer: Path

    /// One direction.
    private struct Path {
        let window: Int
        var inTransit = 0
        var lastArrival = Instant.zero
        /// Changes when the bytes in flight are lost.
        var epoch = 0
    }

    init(
        _ network: SimulatedNetwork, number: Int, peer: any SimulatedPeer, local: SocketAddress, remote: SocketAddress
    ) {
        self.network = network
        self.number = number
        self.peer = peer
        localAddress = local
        remoteAddress = remote
        toSocket = Path(window: network.random.number(in: network.conditions.windowBytes))
        toPeer = Path(window: network.random.number(in: network.conditions.windowBytes))
    }

    // MARK: - Actions of the far side

    /// Sends any number of bytes; those that do not fit wait here until the pooler reads.
    package func send(_ bytes: [UInt8]) {
        guard isOpen, !endsSending else { return }
        network.trace?("connection \(number): far side sends \(Self.excerpt(bytes))")
        outgoing.append(bytes)
        pump()
    }

    /// Closes the sending side and continues to receive.
    package func closeSending() {
        guard isOpen else { return }
        endsSending = true
        pump()
    }

    /// Closes after the bytes sent; a reset instead if received bytes were not read. No callback follows.
    package func close() {
        guard isOpen else { return }
        guard unread.isEmpty else { return reset() }
        network.trace?("connection \(number): far side closes")
        end()
        endsSending = true
        pump()
    }

    /// Resets the connection; bytes in flight to the pooler are lost. No callback follows.
    package func reset() {
        guard isOpen else { return }
        network.trace?("connection \(number): far side resets")
        end()
        breakSocket()
    }

    /// Stops reading, so that the pooler's sends eventually stall.
    package func stopReading() { isReading = false }

    /// Resumes reading.
    package func startReading() {
        guard !isReading else { return }
        isReading = true
        network.after(.zero) { self.deliverUnread() }
    }

    private func end() {
        isOpen = false
        peer = nil
        unread.removeAll()
    }

    // MARK: - From the far side to the pooler

    /// Establishes the connection; bytes arrive at the pooler's end no sooner than at `readiness`.
    func establish(socketReadyAt readiness: Instant) {
        isEstablished = true
        toSocket.lastArrival = max(toSocket.lastArrival, readiness)
        peer?.connected(self)
        pump()
    }

    func refuse(_ error: Int32) { finish(error) }

    /// Sends as many bytes as the window has room for.
    func pump() {
        guard isEstablished else { return }
        guard let socket else { return outgoing.removeAll() }
        while !outgoing.isEmpty {
            let room = toSocket.window - toSocket.inTransit - socket.arrived.count
            guard room > 0 else { return }
            for piece in network.torn(outgoing.take(room)) {
                toSocket.inTransit += piece.count
                arriveAtSocket { socket in
                    self.toSocket.inTransit -= piece.count
                    socket.arrive(piece)
                }
            }
        }
        guard endsSending, !hasSentEnd else { return }
        hasSentEnd = true
        arriveAtSocket { socket in socket.arriveEnd() }
    }

    private func arriveAtSocket(_ body: @escaping (SimulatedSocket) -> Void) {
        let epoch = toSocket.epoch
        toSocket.lastArrival = network.arrival(after: toSocket.lastArrival)
        network.at(toSocket.lastArrival) {
            guard epoch == self.toSocket.epoch, let socket = self.socket else { return }
            body(socket)
        }
    }

    private func breakSocket() {
        outgoing.removeAll()
        toSocket.epoch += 1
        toSocket.lastArrival = network.now
        arriveAtSocket { socket in socket.fail(ECONNRESET) }
    }

    // MARK: - From the pooler to the far side

    /// The number of bytes that the path to the far side has room for.
    var room: Int { toPeer.window - toPeer.inTransit - unread.count }

    /// Takes as many bytes as there is room for and returns their number.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        var room = room
        guard room > 0, (unsafe !bytes.isEmpty) else { return 0 }
        if network.random.happens(network.conditions.shortSend) { room = network.random.length(upTo: room) }
        let taken = unsafe Array(bytes.prefix(room))
        network.trace?("connection \(number): the pooler sends \(Self.excerpt(taken))")
        for piece in network.torn(taken) {
            toPeer.inTransit += piece.count
            arriveAtPeer {
                self.toPeer.inTransit -= piece.count
                self.arrive(piece)
            }
        }
        return taken.count
    }

    /// Handles that the pooler closed its end.
    ///
    /// - Parameter abruptly: whether it left bytes unread, which makes the kernel send a reset instead of an end.
    func socketClosed(abruptly: Bool) {
        if abruptly, network.random.happens(network.conditions.lossAtReset) { toPeer.epoch += 1 }
        arriveAtPeer {
            self.endHasArrived = true
            if abruptly {
                self.finish(ECONNRESET)
            } else {
                self.deliverUnread()
            }
        }
    }

    private func arriveAtPeer(_ body: @escaping () -> Void) {
        let epoch = toPeer.epoch
        toPeer.lastArrival = network.arrival(after: toPeer.lastArrival)
        network.at(toPeer.lastArrival) {
            if epoch == self.toPeer.epoch { body() }
        }
    }

    private func arrive(_ piece: [UInt8]) {
        // The connection is closed on that side: the answer is a reset.
        guard isOpen else { return breakSocket() }
        unread.append(piece)
        deliverUnread()
        socket?.roomAppeared()
    }

    private func deliverUnread() {
        while isReading, isOpen, !unread.isEmpty {
            peer?.received(unread.take(.max), on: self)
            socket?.roomAppeared()
        }
        if isReading, unread.isEmpty, endHasArrived { finish(nil) }
    }

    /// The printable portion of some bytes, for the trace.
    private static func excerpt(_ bytes: [UInt8]) -> String {
        let text = bytes.prefix(120).map { 0x20..<0x7f ~= $0 ? String(UnicodeScalar($0)) : "." }.joined()
        return "\(bytes.count) bytes \(text)"
    }

    private func finish(_ error: Int32?) {
        guard isOpen, let peer else { return }
        network.trace?("connection \(number): over for the far side, \(error.map { "error \($0)" } ?? "closed")")
        end()
        if let error {
            peer.failed(error, on: self)
        } else {
            peer.closed(self)
        }
    }
}
