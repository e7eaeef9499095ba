import ConnInfoFiles
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import PGAuth
import PGConnInfo
import PGSession

/// The client's side of TLS, as the options require. Reads files, so it is created for each connection: certificates
/// change.
///
/// Source: PostgreSQL 18, libpq-ssl.html
struct TLSClient: Sendable {
    /// The name of PostgreSQL's protocol in ALPN.
    static let applicationProtocol = "postgresql"

    private let options: TLSOptions
    private let host: String?
    private let context: NIOSSLContext
    private let hasCertificate: Bool
    /// Whether the server has asked for a certificate.
    private let wasRequested = NIOLockedValueBox(false)

    /// Reads the files and creates the TLS context.
    ///
    /// - Throws: ``ConnectFailure``
    init(_ options: TLSOptions, sslcrl: String?, for server: ConnectionString.Server) throws {
        self.options = options
        host = server.host
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = [Self.applicationProtocol]
        configuration.minimumTLSVersion = options.minimumVersion.map(TLSVersion.init) ?? .tlsv12
        configuration.maximumTLSVersion = options.maximumVersion.map(TLSVersion.init)
        configuration.trustRoots = try Self.roots(options)
        // Names are checked by libpq's rules, see ``check(_:)``.
        configuration.certificateVerification = configuration.trustRoots == nil ? .none : .noHostnameVerification
        if configuration.trustRoots != nil { try Self.refuseRevocation(options, sslcrl: sslcrl) }
        hasCertificate = try Self.addCertificate(options, to: &configuration)
        if let path = options.keyLogFile {
            configuration.keyLogCallback = { LocalFile.append(Array($0.readableBytesView), to: path) }
        }
        if options.certificateMode == .require {
            configuration.sslContextCallback = { [wasRequested] _, promise in
                wasRequested.withLockedValue { $0 = true }
                promise.succeed(.noChanges)
            }
        }
        do { context = try NIOSSLContext(configuration: configuration) } catch {
            throw ConnectFailure(.tls, "could not set up TLS: \(TLSReason.text(error))")
        }
    }

    func makeHandler() throws -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: serverName)
        } catch {
            throw ConnectFailure(.tls, "could not set the server's name for TLS: \(TLSReason.text(error))")
        }
    }

    /// The name sent in Server Name Indication: a host name, never a text that looks like an address.
    private var serverName: String? {
        guard options.sendsServerName, let host, !host.isEmpty, !host.utf8.contains(UInt8(ascii: ":")) else {
            return nil
        }
        return host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") } ? nil : host
    }

    /// Checks the results of the handshake.
    ///
    /// - Returns: the certificate's hash, for channel binding.
    /// - Throws: ``ConnectFailure``
    func check(_ outcome: TLSOutcome) throws -> [UInt8]? {
        if options.negotiation == .direct, outcome.applicationProtocol == nil {
            throw ConnectFailure(
                .tls, "direct SSL connection was established without ALPN protocol negotiation extension")
        }
        if let chosen = outcome.applicationProtocol, chosen != Self.applicationProtocol {
            throw ConnectFailure(.tls, "SSL connection was established with unexpected ALPN protocol")
        }
        if options.certificateMode == .require {
            guard wasRequested.withLockedValue({ $0 }) else {
                throw ConnectFailure(.tls, "server did not request an SSL certificate")
            }
            guard hasCertificate else {
                throw ConnectFailure(.tls, "server accepted connection without a valid SSL certificate")
            }
        }
        let der = try? outcome.certificate?.toDERBytes()
        let certificate = der.flatMap { ServerCertificate(der: $0) }
        if options.mode == .verifyFull {
            guard let host, !host.isEmpty else {
                throw ConnectFailure(.tls, "host name must be specified for a verified SSL connection")
            }
            guard let certificate else { throw ConnectFailure(.tls, "certificate could not be obtained") }
            if let objection = certificate.objection(toHost: host, address: Self.address(host)) {
                throw ConnectFailure(.tls, objection)
            }
        }
        return der.flatMap { certificate?.signatureHash?.digest($0) }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var (four, six) = ([UInt8](repeating: 0, count: 4), [UInt8](repeating: 0, count: 16))
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        return unsafe inet_pton(AF_INET6, text, &six) == 1 ? six : nil
    }
}

extension TLSVersion {
    fileprivate init(_ version: ConnectionOptions.TLSVersion) {
        self =
            switch version {
            case .v1_0: .tlsv1
            case .v1_1: .tlsv11
            case .v1_2: .tlsv12
            case .v1_3: .tlsv13
            }
    }
}
