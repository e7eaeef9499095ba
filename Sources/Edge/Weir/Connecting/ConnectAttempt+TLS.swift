import NIOSSL
import PGConnInfo
import PGSession
import PGWire

extension ConnectAttempt {
    /// Negotiates TLS, if the attempt requires or allows it.
    func negotiate(_ wire: LogInWire) async throws -> LogInTransport {
        guard encryption != .plain else { return .plain }
        if connector.options.tls.negotiation == .postgres {
            var writer = WireWriter()
            StartupPacket.sslRequest.encode(into: &writer)
            wire.send(writer.bytes)
            let answer = try await wire.receive()
            if answer.first == UInt8(ascii: "E") {
                // The sender is not authenticated yet, so its message must not be shown to the user.
                throw ConnectFailure(.protocolViolation, "server sent an error response during SSL exchange")
            }
            guard answer.count == 1 else { throw UnencryptedBytes() }
            switch answer[0] {
            case UInt8(ascii: "S"): break
            case UInt8(ascii: "N") where encryption == .tlsIfOffered: return .plain
            case UInt8(ascii: "N"):
                throw ConnectFailure(.tlsNotOffered, "server does not support SSL, but SSL was required")
            default: throw ConnectFailure(.protocolViolation, "received invalid response to SSL negotiation")
            }
        }
        let options = connector.options
        let client = try TLSClient(options.tls, sslcrl: options.settings[.sslcrl], for: server)
        let outcome = try await wire.startTLS { try client.makeHandler() }
        return .tls(certificateHash: try client.check(outcome))
    }
}
