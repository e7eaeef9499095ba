/// The options of a connection: a connection string completed from a service, the environment and defaults, then
/// validated.
///
/// This type reads no files. The caller does:
///
///     let string = try ConnectionString(text)
///     let search = ServiceFile.search(for: string, in: environment)   // read search?.paths
///     var options = try ConnectionOptions(string, environment: environment, serviceFiles: files)
///     options.takePasswords(from: bytes)                              // of options.passwordFile, if it is private
///
/// The value of a keyword comes from the first of these that sets it: the connection string, the service file, the
/// environment, libpq's default. An empty value counts as set, and means what it means to libpq: usually the default.
///
/// Numbers (`connect_timeout`, `keepalives…`, `tcp_user_timeout`, every port) and `replication` are validated more
/// strictly than by libpq, which checks them only while connecting, or not at all.
///
/// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-PARAMKEYWORDS, and libpq 18 itself.
public struct ConnectionOptions: Hashable, Sendable {
    /// The values that were set, from any source, unchanged; in libpq's order.
    ///
    /// It also contains the keywords that have no property, because they are not used: `sslcompression`, `krbsrvname`,
    /// `gsslib`, `gssdelegation` and `oauth_…`.
    public let settings: ConnectionString

    /// The servers, in the order to try them, unless ``loadBalanceHosts`` says otherwise.
    public var hosts: [Host]
    /// The role to log in as. Default: the operating system user.
    public var user: String
    /// The database. Default: the role's name.
    public var dbname: String
    /// The path of the password file, which may not exist; `nil` if it is not needed. Default `~/.pgpass`.
    public let passwordFile: String?

    /// The time limit for each address of each server; `nil` for none. In seconds, at least 1; libpq 15 raised 1 to 2.
    public var connectTimeout: Duration?
    /// The TCP keepalive settings.
    public var keepalives: Keepalives
    /// How long sent data may stay unacknowledged; `nil` for the system's default. In milliseconds.
    public var tcpUserTimeout: Duration?
    /// The kind of server to accept.
    public var targetSessionAttrs: TargetSessionAttrs
    /// Whether servers are tried in random order.
    public var loadBalanceHosts: LoadBalanceHosts

    /// The TLS settings.
    public var tls: TLSOptions
    /// Whether authentication is bound to the TLS connection.
    public var channelBinding: ChannelBinding
    /// The authentication methods that the server may request.
    public var requireAuth: RequireAuth
    /// The operating system user that must own the server's Unix socket; `nil` for any.
    public var requirePeer: String?
    /// Whether GSSAPI encryption is used; it is not supported.
    public var gssencmode: GSSEncMode
    /// A SCRAM ClientKey, instead of a password: 32 bytes.
    public var scramClientKey: Secret?
    /// A SCRAM ServerKey, instead of a password: 32 bytes.
    public var scramServerKey: Secret?

    /// The acceptable protocol versions; the newest is requested. By default only 3.0.
    public var protocolVersions: ClosedRange<ProtocolVersion>
    /// The kind of connection to request.
    public var replication: Replication
    /// The session's character encoding; `nil` for the server's default.
    public var clientEncoding: ClientEncoding?
    /// Command-line options for the server, such as `-c name=value`; see ``CommandLineOptions``.
    public var options: String?
    /// The name shown in `pg_stat_activity`: `application_name`, or, if that is not set at all, `fallback_application_name`.
    public var applicationName: String?
    /// The parameters that only the environment can set: `PGDATESTYLE`, `PGTZ` and `PGGEQO`.
    public var environmentParameters: [Parameter]

    /// Completes and validates a connection string.
    ///
    /// - Parameters:
    ///   - string: the connection string.
    ///   - environment: the environment to complete it from.
    ///   - serviceFiles: the existing files among those that ``ServiceFile/search(for:in:)`` returns, in that order.
    /// - Throws: ``ConnectionOptionsError``; of several errors, the one that libpq reports first.
    public init(
        _ string: ConnectionString, environment: ClientEnvironment, serviceFiles: [ServiceFile] = []
    ) throws(ConnectionOptionsError) {
        do throws(ServiceFileError) {
            settings = try string.completed(environment, files: serviceFiles)
        } catch {
            throw .service(error)
        }
        let reader = OptionReader(string: settings)
        let list: ServerList
        do throws(ServerListError) { list = try ServerList(settings) } catch { throw .servers(error) }

        guard let user = reader.text(.user) ?? environment.systemUser else { throw .noUser }
        self.user = user
        dbname = reader.text(.dbname) ?? user
        let password = reader.secret(.password)
        passwordFile = password == nil ? reader.text(.passfile) ?? environment.home(".pgpass") : nil

        requireAuth = try RequireAuth(reader.text(.requireAuth) ?? "")
        channelBinding = try reader.choice(.channelBinding, default: .prefer)
        tls = try TLSOptions(reader, in: environment)
        if reader.string[.gssencmode] == "require" { throw .gssapiUnsupported }
        gssencmode = try reader.choice(.gssencmode, default: .disable)
        targetSessionAttrs = try reader.choice(.targetSessionAttrs, default: .any)
        scramClientKey = try reader.scramKey(.scramClientKey)
        scramServerKey = try reader.scramKey(.scramServerKey)
        loadBalanceHosts = try reader.choice(.loadBalanceHosts, default: .disable)
        let minimum = try reader.protocolVersion(.minProtocolVersion)
        let maximum = try reader.protocolVersion(.maxProtocolVersion)
        protocolVersions = try Self.range(minimum, maximum)
        do throws(ServerListError) {
            hosts = try zip(list.servers(), list.ports).map { server, port in
                Host(server, password, portText: port, in: environment)
            }
        } catch {
            throw .servers(error)
        }

        connectTimeout = try reader.positive(.connectTimeout).map { .seconds($0) }
        keepalives = try Keepalives(reader)
        tcpUserTimeout = try reader.positive(.tcpUserTimeout).map { .milliseconds($0) }
        replication = try reader.replication()
        requirePeer = reader.text(.requirepeer)
        clientEncoding = reader.text(.clientEncoding).map { $0 == "auto" ? .auto : .named($0) }
        options = reader.text(.options)
        let name = reader.string[.applicationName] ?? reader.string[.fallbackApplicationName]
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
    /// A number that is not needed is not validated, as by libpq.
    fileprivate init(_ reader: OptionReader) throws(ConnectionOptionsError) {
        isOn = try reader.integer(.keepalives) != 0
        guard isOn else { return }
        idle = try reader.positive(.keepalivesIdle).map { .seconds($0) }
        interval = try reader.positive(.keepalivesInterval).map { .seconds($0) }
        count = try reader.positive(.keepalivesCount)
    }
}
