import PoolerConfig
import Testing

@Suite("What a configuration asks for and does not get yet")
struct ShortcomingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        /// The settings that are warned about.
        let names: String?
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ names: String?) { (self.text, self.names) = (text, names) }
    }

    static let table: [Row] = [
        Row("", nil),
        Row("client_tls_sslmode = disable", nil),
        Row("server_tls_sslmode = disable\nserver_tls_ca_file = x", nil),
        Row("server_tls_sslmode = prefer", nil),
        Row("server_tls_ca_file = x", "server_tls_ca_file"),
        Row("client_tls_protocols = all", nil),
        Row("auth_hba_file = x\nauth_ident_file = y", nil),
        Row("auth_hba_file = x\nauth_type = hba", "auth_hba_file"),
        Row("auth_query = select 1", nil),
        Row("auth_query = select 1\nauth_user = joe", "auth_query, auth_user"),
        Row("peer_id = 0\nresolv_conf =\ndns_zone_check_period = 0", nil),
        Row("peer_id = 3\nresolv_conf = x\ndns_zone_check_period = 5", "dns_zone_check_period, peer_id, resolv_conf"),
        Row("[databases]\na = auth_user=joe", "a.auth_user"),
        Row("[databases]\n* = auth_user=joe", "*.auth_user"),
    ]

    @Test(arguments: table)
    func isReportedInOneLineButOnlyIfItWouldMakeADifference(_ row: Row) throws {
        let expected = row.names.map { "settings accepted but without effect yet: \($0)" }
        #expect(try load("[pgbouncer]\n" + row.text).shortcomings == (expected.map { [$0] } ?? []))
    }

    @Test func zeroPreparedStatementsAreWhatIsDoneAnyway() throws {
        #expect(try load("[pgbouncer]\nmax_prepared_statements = 0").shortcomings.isEmpty)
    }

    @Test(
        arguments: [
            ("a = host=10.0.0.1", "", "prefer, the default"), ("* = host=db", "", "prefer, the default"),
            ("a = host=/tmp,db", "server_tls_sslmode = allow", "allow"),
            ("a = host=db", "server_tls_sslmode = prefer", "prefer"),
            ("a = host=db", "server_tls_sslmode = disable", nil), ("a = host=/tmp", "", nil), ("a =", "", nil),
            ("a = host=@x", "", nil), ("", "", nil),
        ] as [(String, String, String?)])
    func plainConnectionsToServersAreWarnedAboutOverTCP(database: String, setting: String, value: String?) throws {
        let said = try load("[pgbouncer]\n\(setting)\n[databases]\n\(database)").shortcomings
        let expected = value.map {
            "connections to servers are not encrypted: TLS is not supported yet (server_tls_sslmode is \($0); "
                + "set it to disable if that is what you want)"
        }
        #expect(said == (expected.map { [$0] } ?? []))
    }
}
