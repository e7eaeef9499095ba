import IOEngine
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// The packets before a client is logged in.
extension Worker where Engine: ~Copyable {
    /// Collects whole packets of a log-in and handles them one by one.
    mutating func receiveLogin(_ slot: Slot<Client>, _ bytes: UnsafeRawBufferPointer) {
        guard let login = clients[slot].login else { return }
        unsafe login.received.append(contentsOf: bytes)
        while clients.isLive(slot), clients[slot].login === login {
            switch clients[slot].phase {
            case .startup:
                guard let packet = takeStartupPacket(slot, login) else { return }
                handleStartup(slot, packet)
            case .authenticating:
                guard let body = takePasswordMessage(slot, login) else { return }
                authenticate(slot, body)
            default: return
            }
        }
    }

    private mutating func takeStartupPacket(_ slot: Slot<Client>, _ login: ClientLogin) -> [UInt8]? {
        do throws(WireError) {
            guard let length = try StartupPacket.length(of: login.received) else { return nil }
            guard login.received.count >= length else { return nil }
            return login.take(length)
        } catch {
            refuse(slot, error)
            return nil
        }
    }

    /// PostgreSQL's own limit for a password, and PgBouncer's: whatever is longer is not a password.
    private static var longestPasswordMessage: Int { 65_535 + 4 }

    private mutating func takePasswordMessage(_ slot: Slot<Client>, _ login: ClientLogin) -> [UInt8]? {
        guard login.received.count >= 5 else { return nil }
        let length = login.received[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard login.received[0] == FrontendMessage.password.rawValue else {
            // Leaving instead of answering is how psql asks for a password.
            let isLeaving = login.received[0] == FrontendMessage.terminate.rawValue
            disconnectClient(slot, isLeaving ? "client close request" : "unknown pkt", notifying: !isLeaving)
            return nil
        }
        guard length >= 4, length <= Self.longestPasswordMessage else {
            disconnectClient(slot, "bad packet header")
            return nil
        }
        guard login.received.count >= 1 + length else { return nil }
        return Array(login.take(1 + length).dropFirst(5))
    }

    private mutating func refuse(_ slot: Slot<Client>, _ error: WireError) {
        switch error {
        case .unsupportedProtocolVersion(let major, let minor):
            if major == 2 {
                disconnectClient(slot, "old V2 protocol not supported")
            } else {
                disconnectClient(
                    slot, "unsupported frontend protocol \(major).\(minor): server supports 3.0",
                    code: .featureNotSupported)
            }
        case .invalidUTF8: disconnectClient(slot, "invalid byte sequence in startup packet")
        default: disconnectClient(slot, "bad packet header")
        }
    }

    private mutating func handleStartup(_ slot: Slot<Client>, _ packet: [UInt8]) {
        let startup: StartupPacket
        do throws(WireError) { startup = try StartupPacket(packet) } catch { return refuse(slot, error) }
        switch startup {
        case .sslRequest: refuseEncryption(slot, "SSL")
        case .gssEncRequest: refuseEncryption(slot, "GSSAPI encryption")
        case .cancelRequest(let key): beginCanceling(slot, key)
        case .startup(let version, let parameters):
            do throws(StartupRequest.Failure) {
                let request = try StartupRequest(
                    version: version, parameters: parameters, tracked: live.tracked,
                    ignored: live.settings.ignoreStartupParameters)
                beginLogin(slot, request)
            } catch {
                shared.log.write(.warning, "\(prefix(ofClient: slot))\(error.message)")
                disconnectClient(slot, error.message)
            }
        }
    }

    /// Answers `N`; the client goes on in the clear or leaves.
    private mutating func refuseEncryption(_ slot: Slot<Client>, _ what: String) {
        // Bytes sent before our answer could have been put there by somebody in between.
        guard clients[slot].login?.received.isEmpty ?? true else {
            return disconnectClient(slot, "received unencrypted data after \(what) request")
        }
        writer.removeAll()
        writer.byte(UInt8(ascii: "N"))
        sendWritten(toClient: slot)
    }
}
