/// Everything libpq would know before it connects: what a connection string says, completed by a service, the
/// environment and defaults, and judged.
///
/// Nothing is read here. Who makes a connection does this:
///
///     let string = try ConnectionString(text)
///     let search = ServiceFile.search(for: string, in: environment)   // read search?.paths
///     var options = try ConnectionOptions(string, environment: environment, serviceFiles: files)
///     options.takePasswords(from: bytes)                              // of options.passwordFile, if it is private
///
/// Of two places that set a keyword the first of these counts: the connection string, the service file, the
/// environment, libpq's default. An empty value counts, too, and means what it means to libpq: mostly the default.
///
/// Judged more strictly than by libpq, which finds out only while it connects, or not at all: numbers (`connect_timeout`,
/// `keepalives…`, `tcp_user_timeout`, every port) and `replication`.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-PARAMKEYWORDS, and libpq 18 itself.
public struct ConnectionOptions: Hashable, Sendable {
    /// What was set, by whatever means, as it was set; in libpq's order.
    ///
    /// Here is also what has no property of its own, because we have no use for it: `sslcompression`, `krbsrvname`,
    /// `gsslib`, `gssdelegation` and `oauth_…`.
    public let settings: ConnectionString

    /// The servers, to be tried in this order, unless ``loadBalanceHosts`` says otherwise.
    public var hosts: [Host]
    /// The role to log in as. Default: the operating system's user.
    public var user: String
    /// The database. Default: the role's name.
    public var dbname: String
    /// The password file, whether or not there is such a file; `nil` if it is not needed. Default `~/.pgpass`.
    public let passwordFile: String?

    /// How long to wait for each address of each server; `nil` for ever. In seconds: at least 1, where libpq 15 made it 2.
    public var connectTimeout: Duration?
    /// How TCP asks whether the server is still there.
    public var keepalives: Keepalives
    /// How long sent data may stay unacknowledged; `nil` for the system's default. In milliseconds.
    public var tcpUserTimeout: Duration?
    /// What kind of server will do.
    public var targetSessionAttrs: TargetSessionAttrs
    /// Whether servers are tried in random order.
    public var loadBalanceHosts: LoadBalanceHosts

    /// What TLS has to be like.
    public var tls: TLSOptions
    /// Whether the password's proof is bound to the TLS connection.
    public var channelBinding: ChannelBinding
    /// What the server may ask for before it lets the client in.
    public var requireAuth: RequireAuth
    /// The operating system's user that must own the server's Unix socket; `nil` for any.
    public var requirePeer: String?
    /// Whether GSSAPI encrypts; it does not.
    public var gssencmode: GSSEncMode
    /// A SCRAM ClientKey, instead of a password: 32 bytes.
    public var scramClientKey: Secret?
    /// A SCRAM ServerKey, instead of a password: 32 bytes.
    public var scramServerKey: Secret?

    /// The versions of the protocol that will do; the upper one is asked for. By default only 3.0.
    public var protocolVersions: ClosedRange<ProtocolVersion>
    /// What kind of connection is asked for.
    public var replication: Replication
    /// The encoding of the session's texts; `nil` for the server's default.
    public var clientEncoding: ClientEncoding?
    /// Command-line options for the server, such as `-c name=value`; see ``CommandLineOptions``.
    public var options: String?
    /// The name shown in `pg_stat_activity`: `application_name`, or, if that is not set at all, `fallback_application_name`.
    public var applicationName: String?
    /// Parameters that only the environment can set: `PGDATESTYLE`, `PGTZ` and `PGGEQO`.
    public var environmentParameters: [Parameter]

    /// Completes and judges what a connection string says.
    ///
    /// - Parameters:
    ///   - string: what was asked for.
    ///   - environment: where.
    ///   - serviceFiles: those that ``ServiceFile/search(for:in:)`` names and that exist, in that order.
    /// - Throws: ``ConnectionOptionsError``, in libpq's order of complaints.
    public init(
        _ string: ConnectionString, environment: ClientEnvironment, serviceFiles: [ServiceFile] = []
    ) throws(ConnectionOptionsError) {
        do throws(ServiceFileError) {
            settings = try string.completed(environment, files: serviceFiles)
        } catch {
            throw .service(error)
        }
        let judge = Judge(string: settings)
        let list: ServerList
        do throws(ServerListError) { list = try ServerList(settings) } catch { throw .servers(error) }

        guard let user = judge.text(.user) ?? environment.systemUser else { throw .noUser }
        self.user = user
        dbname = judge.text(.dbname) ?? user
        let password = judge.secret(.password)
        passwordFile = password == nil ? judge.text(.passfile) ?? environment.home(".pgpass") : nil

        requireAuth = try RequireAuth(judge.text(.requireAuth) ?? "")
        channelBinding = try judge.choice(.channelBinding, default: .prefer)
        tls = try TLSOptions(judge, in: environment)
        if judge.string[.gssencmode] == "require" { throw .gssapiUnsupported }
        gssencmode = try judge.choice(.gssencmode, default: .disable)
        targetSessionAttrs = try judge.choice(.targetSessionAttrs, default: .any)
        scramClientKey = try judge.scramKey(.scramClientKey)
        scramServerKey = try judge.scramKey(.scramServerKey)
        loadBalanceHosts = try judge.choice(.loadBalanceHosts, default: .disable)
        let minimum = try judge.protocolVersion(.minProtocolVersion)
        let maximum = try judge.protocolVersion(.maxProtocolVersion)
        protocolVersions = try Self.range(minimum, maximum)
        do throws(ServerListError) {
            hosts = try zip(list.servers(), list.ports).map { server, port in
                Host(server, password, portText: port, in: environment)
            }
        } catch {
            throw .servers(error)
        }

        connectTimeout = try judge.positive(.connectTimeout).map { .seconds($0) }
        keepalives = try Keepalives(judge)
        tcpUserTimeout = try judge.positive(.tcpUserTimeout).map { .milliseconds($0) }
        replication = try judge.replication()
        requirePeer = judge.text(.requirepeer)
        clientEncoding = judge.text(.clientEncoding).map { $0 == "auto" ? .auto : .named($0) }
        options = judge.text(.options)
        let name = judge.string[.applicationName] ?? judge.string[.fallbackApplicationName]
        applicationName = name.flatMap { $0.isEmpty ? nil : $0 }
        environmentParameters = Self.parameters(environment)
    }

    private static func range(_ minimum: ProtocolVersion?, _ maximum: ProtocolVersion?) throws(ConnectionOptionsError)
        -> ClosedRange<ProtocolVersion>
    {
        let minimum = minimum ?? .v3_0
        let maximum = maximum ?? minimum
        guard minimum <= maximum else { throw .emptyProtocolRange }
        return minimum...maximum
    }
}

extension ConnectionOptions.Keepalives {
    /// A number that is not needed is not judged, as by libpq.
    fileprivate init(_ judge: Judge) throws(ConnectionOptionsError) {
        isOn = try judge.integer(.keepalives) != 0
        guard isOn else { return }
        idle = try judge.positive(.keepalivesIdle).map { .seconds($0) }
        interval = try judge.positive(.keepalivesInterval).map { .seconds($0) }
        count = try judge.positive(.keepalivesCount)
    }
}
