import PGWire

/// SHOW HELP: a notice, because the console has no table to put it in.
package enum ConsoleHelp {
    /// One command a line, in PgBouncer's notation.
    package static let lines = [
        "SHOW HELP|CONFIG|DATABASES|POOLS|CLIENTS|SERVERS|USERS|VERSION",
        "SHOW PEERS|PEER_POOLS",
        "SHOW FDS|SOCKETS|ACTIVE_SOCKETS|LISTS|MEM|STATE",
        "SHOW DNS_HOSTS|DNS_ZONES",
        "SHOW STATS|STATS_TOTALS|STATS_AVERAGES|TOTALS",
        "SET key = arg",
        "RELOAD",
        "PAUSE [<db>]",
        "RESUME [<db>]",
        "DISABLE <db>",
        "ENABLE <db>",
        "RECONNECT [<db>]",
        "KILL [<db>]",
        "KILL_CLIENT <client_id>",
        "SUSPEND",
        "SHUTDOWN",
        "SHUTDOWN WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS",
        "WAIT_CLOSE [<db>]",
    ]

    static func encode(into writer: inout WireWriter) {
        writer.message(BackendMessage.noticeResponse) { body in
            body.byte(UInt8(ascii: "S"))
            body.cString("NOTICE")
            body.byte(UInt8(ascii: "C"))
            body.cString(SQLState.successfulCompletion.rawValue)
            body.byte(UInt8(ascii: "M"))
            body.cString("Console usage")
            body.byte(UInt8(ascii: "D"))
            body.cString(lines.map { "\n\t" + $0 }.joined())
            body.byte(0)
        }
    }
}
