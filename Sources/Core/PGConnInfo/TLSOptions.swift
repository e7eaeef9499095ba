/// The TLS settings of a connection. They do not apply to Unix sockets, which have no TLS.
public struct TLSOptions: Hashable, Sendable {
    /// The source of trusted certificates: `sslrootcert`.
    public enum Roots: Hashable, Sendable {
        /// The operating system's: `system`.
        case system
        /// A file. By default `~/.postgresql/root.crt`, which may not exist if ``TLSOptions/mode`` verifies nothing; if
        /// it exists, ``ConnectionOptions/SSLMode/require`` verifies as much as `verify-ca`.
        case file(String)
    }

    /// Whether TLS is used and what is verified. Default `prefer`, or `verify-full` with the operating system's
    /// certificates.
    public var mode: ConnectionOptions.SSLMode
    /// How the TLS handshake begins.
    public var negotiation: ConnectionOptions.SSLNegotiation
    /// The trusted certificates; `nil` if no file was given and there is no home directory.
    public var roots: Roots?
    /// A file of revoked certificates: `sslcrl`. By default `~/.postgresql/root.crl`, if that exists.
    public var revoked: String?
    /// A directory of revoked certificates: `sslcrldir`.
    public var revokedDirectory: String?
    /// Whether the client sends its certificate.
    public var certificateMode: ConnectionOptions.SSLCertMode
    /// The file of the client's certificate: `sslcert`. By default `~/.postgresql/postgresql.crt`. The client has no
    /// certificate if the file does not exist.
    public var certificate: String?
    /// The file of its private key: `sslkey`. By default `~/.postgresql/postgresql.key`. It must pass
    /// ``PrivateFile/objectionAsPrivateKey``.
    public var key: String?
    /// The passphrase of the key: `sslpassword`.
    public var keyPassphrase: Secret?
    /// Whether the TLS handshake includes the host name (SNI), unless it is an address: `sslsni`. Default: yes.
    public var sendsServerName: Bool
    /// The minimum version. Default 1.2.
    public var minimumVersion: ConnectionOptions.TLSVersion?
    /// The maximum version. Default: no limit.
    public var maximumVersion: ConnectionOptions.TLSVersion?
    /// A file to write TLS session keys to, for debugging: `sslkeylogfile`.
    public var keyLogFile: String?

    init(_ reader: OptionReader, in environment: ClientEnvironment) throws(ConnectionOptionsError) {
        mode = try reader.choice(.sslmode, default: .prefer)
        negotiation = try reader.choice(.sslnegotiation, default: .postgres)
        if negotiation == .direct, [.disable, .allow, .prefer].contains(mode) {
            throw .weakForDirectTLS(sslmode: mode.rawValue)
        }
        let home = { (name: String) in environment.home(".postgresql/\(name)") }
        if reader.string[.sslrootcert] == "system" {
            guard mode == .verifyFull else { throw .weakForSystemRoots(sslmode: mode.rawValue) }
            roots = .system
        } else {
            roots = (reader.text(.sslrootcert) ?? home("root.crt")).map { .file($0) }
        }
        minimumVersion = try reader.tlsVersion(.sslMinProtocolVersion)
        maximumVersion = try reader.tlsVersion(.sslMaxProtocolVersion)
        if let minimumVersion, let maximumVersion, minimumVersion > maximumVersion { throw .emptyTLSRange }
        certificateMode = try reader.choice(.sslcertmode, default: .allow)

        revoked = reader.text(.sslcrl) ?? home("root.crl")
        revokedDirectory = reader.text(.sslcrldir)
        certificate = reader.text(.sslcert) ?? home("postgresql.crt")
        key = reader.text(.sslkey) ?? home("postgresql.key")
        keyPassphrase = reader.secret(.sslpassword)
        sendsServerName = reader.flag(.sslsni)
        keyLogFile = reader.text(.sslkeylogfile)
    }
}
