import AdminConsole
import PGWire
import PoolerStats
import Testing

/// The columns PgBouncer 1.25.2 described in its RowDescription for every SHOW.
@Suite("Every SHOW has PgBouncer's columns")
struct ShowColumnsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let target: ShowTarget
        let table: ShowTable
        let columns: String
        var testDescription: String { target.rawValue }

        init(_ target: ShowTarget, _ table: ShowTable, _ columns: String) {
            (self.target, self.table, self.columns) = (target, table, columns)
        }
    }

    private static let socket = """
        type text, user text, database text, replication text, state text, addr text, port int4, local_addr text, \
        local_port int4, connect_time text, request_time text, wait int4, wait_us int4, close_needed int4, ptr text, \
        link text, remote_pid int4, tls text, application_name text, prepared_statements int4, id int4
        """

    private static let buffer = """
        recv_pos int4, pkt_pos int4, pkt_remain int4, send_pos int4, send_remain int4, pkt_avail int4, send_avail int4
        """

    static let table: [Row] = [
        Row(.clients, .clients([]), socket),
        Row(.servers, .servers([]), socket),
        Row(.sockets, .sockets([]), socket + ", " + buffer),
        Row(.activeSockets, .activeSockets([]), socket + ", " + buffer),
        Row(.config, .config([]), "key text, value text, default text, changeable text"),
        Row(
            .databases, .databases([]),
            """
            name text, host text, port int4, database text, force_user text, pool_size int4, min_pool_size int4, \
            reserve_pool_size int4, server_lifetime int4, pool_mode text, load_balance_hosts text, \
            max_connections int4, current_connections int4, max_client_connections int4, \
            current_client_connections int4, paused int4, disabled int4
            """),
        Row(.dnsHosts, .dnsHosts([]), "hostname text, ttl int8, addrs text"),
        Row(.dnsZones, .dnsZones([]), "zonename text, serial int8, count int4"),
        Row(
            .fds, .fds([]),
            """
            fd int4, task text, user text, database text, addr text, port int4, cancel int8, link int4, \
            client_encoding text, std_strings text, datestyle text, timezone text, password text, \
            scram_client_key bytea, scram_server_key bytea
            """),
        Row(.lists, .lists(ListCounts()), "list text, items int4"),
        Row(.mem, .mem([]), "name text, size int4, used int4, free int4, memtotal int4"),
        Row(.peers, .peers([]), "peer_id int4, host text, port int4, pool_size int4"),
        Row(
            .peerPools, .peerPools([]),
            """
            peer_id int4, cl_active_cancel_req int4, cl_waiting_cancel_req int4, sv_active_cancel int4, sv_login int4
            """),
        Row(
            .pools, .pools([]),
            """
            database text, user text, cl_active int4, cl_waiting int4, cl_active_cancel_req int4, \
            cl_waiting_cancel_req int4, sv_active int4, sv_active_cancel int4, sv_being_canceled int4, sv_idle int4, \
            sv_used int4, sv_tested int4, sv_login int4, maxwait int4, maxwait_us int4, pool_mode text, \
            load_balance_hosts text
            """),
        Row(.state, .state(.active), "key text, value text"),
        Row(
            .stats, .stats([]),
            """
            database text, total_server_assignment_count numeric, total_xact_count numeric, \
            total_query_count numeric, total_received numeric, total_sent numeric, total_xact_time numeric, \
            total_query_time numeric, total_wait_time numeric, total_client_parse_count numeric, \
            total_server_parse_count numeric, total_bind_count numeric, total_client_login_count numeric, \
            avg_server_assignment_count numeric, avg_xact_count numeric, avg_query_count numeric, avg_recv numeric, \
            avg_sent numeric, avg_xact_time numeric, avg_query_time numeric, avg_wait_time numeric, \
            avg_client_parse_count numeric, avg_server_parse_count numeric, avg_bind_count numeric, \
            avg_client_login_count numeric
            """),
        Row(
            .statsAverages, .statsAverages([]),
            """
            database text, server_assignment_count numeric, xact_count numeric, query_count numeric, \
            bytes_received numeric, bytes_sent numeric, xact_time numeric, query_time numeric, wait_time numeric, \
            avg_client_parse_count numeric, avg_server_parse_count numeric, avg_bind_count numeric, \
            avg_client_login_count numeric
            """),
        Row(
            .statsTotals, .statsTotals([]),
            """
            database text, server_assignment_count numeric, xact_count numeric, query_count numeric, \
            bytes_received numeric, bytes_sent numeric, xact_time numeric, query_time numeric, wait_time numeric, \
            client_parse_count numeric, server_parse_count numeric, bind_count numeric, client_login_count numeric
            """),
        Row(.totals, .totals(PoolStats(), averages: PoolStats()), "name text, value numeric"),
        Row(
            .users, .users([]),
            """
            name text, pool_size text, reserve_pool_size text, pool_mode text, max_user_connections int4, \
            current_connections int4, max_user_client_connections int4, current_client_connections int4
            """),
        Row(.version, .version, "version text"),
    ]

    @Test(arguments: table)
    func columns(_ row: Row) {
        let columns = row.table.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        #expect(columns == row.columns)
    }

    @Test func noTargetIsMissing() {
        // HELP is a notice, not a table.
        #expect(Set(Self.table.map(\.target)).union([.help]) == Set(ShowTarget.allCases))
    }

    @Test(
        arguments: [
            (ShowTable.ColumnType.text, 25, -1), (.int4, 23, 4), (.int8, 20, 8), (.numeric, 1700, -1), (.bytea, 17, -1),
        ] as [(ShowTable.ColumnType, Int32, Int16)])
    func types(_ type: ShowTable.ColumnType, oid: Int32, size: Int16) {
        #expect(type.oid == oid)
        #expect(type.size == size)
    }
}
