import IOEngine
import PGWire
import RelayCore

/// Clients that have closed their sending side and still wait for an answer.
///
/// TCP does not tell whether the peer has closed the whole connection or its sending side only. The difference shows
/// when something is sent: a peer that is gone answers with a reset, and the engine reports a failure. So a client that
/// has ended is sent a message that changes nothing, unless it is being sent an answer anyway; if it is gone its query
/// is cancelled, else it gets its answer and is disconnected after that, as PostgreSQL does.
extension Worker where Engine: ~Copyable {
    /// Whether a client that has closed its sending side is still owed an answer.
    mutating func keepsHalfClosed(_ slot: Slot<Client>) -> Bool {
        guard clients[slot].server != nil else { return false }
        // Reading is suspended: the end is reported again after the bytes that came before it.
        guard clients[slot].readHolds.isEmpty else { return true }
        guard clients[slot].held == nil, clients[slot].scanner.isAtBoundary, !clients[slot].link.requests.isSettled,
            !clients[slot].link.requests.hasUnsynced
        else { return false }
        clients[slot].hasEnded = true
        return true
    }

    /// Sends the client a ParameterStatus with a value that it knows, if it is owed an answer and not being sent one.
    mutating func probe(_ slot: Slot<Client>) {
        let isWaiting = clients[slot].phase == .waiting || clients[slot].readHolds.contains(.settingParameters)
        guard isWaiting || !clients[slot].link.requests.isSettled, isAtMessageEnd(slot) else { return }
        for (index, name) in live.tracked.names.enumerated() {
            guard let value = clients[slot].parameters[index] else { continue }
            writer.removeAll()
            ParameterStatus(name: name, value: value).encode(into: &writer)
            return sendWritten(toClient: slot)
        }
    }
}
