/// What TLS has to be like. Says nothing about Unix sockets, where there is none.
public struct TLSOptions: Hashable, Sendable {
    /// Where trusted certificates come from: `sslrootcert`.
    public enum Roots: Hashable, Sendable {
        /// The operating system: `system`.
        case system
        /// A file. By default `~/.postgresql/root.crt`, which may be missing if ``TLSOptions/mode`` verifies nothing;
        /// if it is there, ``ConnectionOptions/SSLMode/require`` verifies as much as `verify-ca`.
        case file(String)
    }

    /// Whether TLS is wanted, and whom it must prove. Default `prefer`, or `verify-full` if the roots are the system's.
    public var mode: ConnectionOptions.SSLMode
    /// How TLS begins.
    public var negotiation: ConnectionOptions.SSLNegotiation
    /// Whom to trust; `nil` if no file was named and nobody is at home.
    public var roots: Roots?
    /// A file of revoked certificates: `sslcrl`. By default `~/.postgresql/root.crl`, if that exists.
    public var revoked: String?
    /// A directory of revoked certificates: `sslcrldir`.
    public var revokedDirectory: String?
    /// Whether the client shows its certificate.
    public var certificateMode: ConnectionOptions.SSLCertMode
    /// The file of the client's certificate: `sslcert`. By default `~/.postgresql/postgresql.crt`. There is none if the
    /// file is missing.
    public var certificate: String?
    /// The file of its key: `sslkey`. By default `~/.postgresql/postgresql.key`. It has to pass
    /// ``PrivateFile/objectionAsPrivateKey``.
    public var key: String?
    /// The passphrase of the key: `sslpassword`.
    public var keyPassphrase: Secret?
    /// Whether the host's name is told while TLS is set up, if it is a name: `sslsni`. Default: yes.
    public var sendsServerName: Bool
    /// The oldest version that will do. Default 1.2.
    public var minimumVersion: ConnectionOptions.TLSVersion?
    /// The newest version that will do. Default: any.
    public var maximumVersion: ConnectionOptions.TLSVersion?
    /// A file to write the session's keys to, for who wants to look into it: `sslkeylogfile`.
    public var keyLogFile: String?

    init(_ judge: Judge, in environment: ClientEnvironment) throws(ConnectionOptionsError) {
        mode = try judge.choice(.sslmode, default: .prefer)
        negotiation = try judge.choice(.sslnegotiation, default: .postgres)
        if negotiation == .direct, [.disable, .allow, .prefer].contains(mode) {
            throw .weakForDirectTLS(sslmode: mode.rawValue)
        }
        let home = { (name: String) in environment.home(".postgresql/\(name)") }
        if judge.string[.sslrootcert] == "system" {
            guard mode == .verifyFull else { throw .weakForSystemRoots(sslmode: mode.rawValue) }
            roots = .system
        } else {
            roots = (judge.text(.sslrootcert) ?? home("root.crt")).map { .file($0) }
        }
        minimumVersion = try judge.tlsVersion(.sslMinProtocolVersion)
        maximumVersion = try judge.tlsVersion(.sslMaxProtocolVersion)
        if let minimumVersion, let maximumVersion, minimumVersion > maximumVersion { throw .emptyTLSRange }
        certificateMode = try judge.choice(.sslcertmode, default: .allow)

        revoked = judge.text(.sslcrl) ?? home("root.crl")
        revokedDirectory = judge.text(.sslcrldir)
        certificate = judge.text(.sslcert) ?? home("postgresql.crt")
        key = judge.text(.sslkey) ?? home("postgresql.key")
        keyPassphrase = judge.secret(.sslpassword)
        sendsServerName = judge.flag(.sslsni)
        keyLogFile = judge.text(.sslkeylogfile)
    }
}
