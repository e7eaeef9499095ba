extension ShowTable {
    /// SHOW CLIENTS: those that have logged in, and cancel requests.
    package static func clients(_ sockets: [SocketRow]) -> ShowTable {
        plain(sockets.filter { !$0.state.isServer && $0.state != .clientLogin })
    }

    /// SHOW SERVERS.
    package static func servers(_ sockets: [SocketRow]) -> ShowTable {
        plain(sockets.filter { $0.state.isServer })
    }

    /// SHOW SOCKETS: clients and servers with the state of their buffers, without cancel requests.
    package static func sockets(_ sockets: [SocketRow]) -> ShowTable {
        detailed(sockets.filter { !$0.state.isCancellation })
    }

    /// SHOW ACTIVE_SOCKETS: as ``sockets(_:)``, but only those with something in their buffer.
    package static func activeSockets(_ sockets: [SocketRow]) -> ShowTable {
        detailed(sockets.filter { !$0.state.isCancellation && !$0.buffer.isEmpty })
    }

    private static func plain(_ sockets: [SocketRow]) -> ShowTable {
        ShowTable(
            columns: SocketRow.columns,
            rows: sockets.map { $0.cells(state: $0.state.plainWord(isLinked: $0.link != nil)) })
    }

    private static func detailed(_ sockets: [SocketRow]) -> ShowTable {
        ShowTable(
            columns: SocketRow.columns + SocketRow.Buffer.columns,
            rows: sockets.map { $0.cells(state: $0.state.rawValue) + $0.buffer.cells })
    }
}

extension SocketRow {
    fileprivate static let columns =
        ShowTable.columns(.text, "type", "user", "database", "replication", "state", "addr")
        + ShowTable.columns(.int4, "port")
        + ShowTable.columns(.text, "local_addr")
        + ShowTable.columns(.int4, "local_port")
        + ShowTable.columns(.text, "connect_time", "request_time")
        + ShowTable.columns(.int4, "wait", "wait_us", "close_needed")
        + ShowTable.columns(.text, "ptr", "link")
        + ShowTable.columns(.int4, "remote_pid")
        + ShowTable.columns(.text, "tls", "application_name")
        + ShowTable.columns(.int4, "prepared_statements", "id")

    fileprivate func cells(state: String) -> [String?] {
        [
            self.state.isServer ? "S" : "C", user ?? "(nouser)", database ?? "(nodb)", replication.rawValue, state,
            address, "\(port)", localAddress, "\(localPort)",
            CivilTime(unixSeconds: connectTime).description, CivilTime(unixSeconds: requestTime).description,
            "\(waitMicroseconds / 1_000_000)", "\(waitMicroseconds % 1_000_000)", closeNeeded ? "1" : "0",
            Self.hexadecimal(pointer), link.map(Self.hexadecimal) ?? "",
            "\(remotePID)", tls, applicationName, "\(preparedStatements)", "\(id)",
        ]
    }

    private static func hexadecimal(_ pointer: UInt64) -> String { "0x" + String(pointer, radix: 16) }
}

extension SocketRow.Buffer {
    fileprivate static let columns = ShowTable.columns(
        .int4, "recv_pos", "pkt_pos", "pkt_remain", "send_pos", "send_remain", "pkt_avail", "send_avail")

    fileprivate var cells: [String?] {
        // PgBouncer no longer keeps send_remain and always shows 0.
        [receivePosition, packetPosition, packetRemaining, sendPosition, 0, packetAvailable, sendAvailable]
            .map(String.init)
    }
}
