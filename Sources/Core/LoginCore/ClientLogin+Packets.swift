import PGWire
import RelayCore

/// The packets of a client that is not logged in.
extension ClientLogin {
    // MARK: - The first packets

    mutating func takeStartupPacket() -> [UInt8]? {
        do throws(WireError) {
            guard let length = try StartupPacket.length(of: received), received.count >= length else { return nil }
            return take(length)
        } catch {
            refuse(error, received)
            return nil
        }
    }

    mutating func handle(startup packet: [UInt8], after encryptionRequests: Int, _ rules: Rules) {
        let startup: StartupPacket
        do throws(WireError) { startup = try StartupPacket(packet) } catch { return refuse(error, packet) }
        switch startup {
        // TLS: `S`, a new action for the handshake, and the state of before once that has succeeded.
        case .sslRequest: refuseEncryption("SSL", after: encryptionRequests)
        case .gssEncRequest: refuseEncryption("GSSAPI encryption", after: encryptionRequests)
        case .cancelRequest(let key):
            state = .over
            decide(.cancel(key: key))
        case .startup(let version, let parameters):
            do throws(StartupRequest.Failure) {
                let request = try StartupRequest(
                    version: version, parameters: parameters, tracked: rules.tracked, ignored: rules.ignoredParameters)
                self.request = request
                state = .identifying
                decide(.identify(request))
            } catch {
                log(.warning, error.message)
                refuse(LoginRefusal(error.message))
            }
        }
    }

    /// Answers `N`; the client goes on in the clear or leaves.
    private mutating func refuseEncryption(_ what: String, after requests: Int) {
        guard requests < PeerLimits.encryptionRequests else { return refuse(.silent("too many encryption requests")) }
        // Bytes sent before the answer could be a third party's.
        guard received.isEmpty else { return refuse(LoginRefusal("received unencrypted data after \(what) request")) }
        state = .startup(encryptionRequests: requests + 1)
        decide(.send([UInt8(ascii: "N")]))
    }

    /// PostgreSQL answers what may be a start-up message of a client that reads errors, and nothing else: drivers that
    /// only look whether the port is open, HTTP clients and scanners get no answer.
    private mutating func refuse(_ error: WireError, _ packet: [UInt8]) {
        switch error {
        case .unsupportedProtocolVersion(let major, let minor):
            let message = "unsupported frontend protocol \(major).\(minor): server supports 3.0 to 3.0"
            if major == 1 || major == 2 {
                refuse(LoginRefusal("old V\(major) protocol not supported", answer: .oldError("FATAL:  \(message)\n")))
            } else {
                refuse(LoginRefusal(message, code: .featureNotSupported))
            }
        case .invalidStartupLayout:
            refuse(LoginRefusal("invalid startup packet layout: expected terminator as last byte"))
        case .invalidUTF8: refuse(LoginRefusal("invalid byte sequence in startup packet"))
        default: refuse(.silent(Self.reason(forNoStartupPacket: packet)))
        }
    }

    /// PgBouncer's words: one form for a message of a client that believes it is logged in, another for anything else.
    private static func reason(forNoStartupPacket packet: [UInt8]) -> String {
        let length = packet.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        if let first = packet.first, first != 0, packet.count >= 5, (4...PeerLimits.passwordMessage).contains(length) {
            return "bad packet"
        }
        let digits = Array("0123456789abcdef")
        let header = packet.prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "bad packet header: '\(String(header))'"
    }

    // MARK: - Password messages

    mutating func takePasswordMessage() -> [UInt8]? {
        guard received.count >= 5 else { return nil }
        let length = received[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard received[0] == FrontendMessage.password.rawValue else {
            // Leaving instead of answering is how psql asks its user for a password.
            let isLeaving = received[0] == FrontendMessage.terminate.rawValue
            refuse(isLeaving ? .silent("client close request") : LoginRefusal("unknown pkt"))
            return nil
        }
        guard length >= 4, length <= PeerLimits.passwordMessage else {
            refuse(LoginRefusal("bad packet header"))
            return nil
        }
        guard received.count >= 1 + length else { return nil }
        return Array(take(1 + length).dropFirst(5))
    }
}
