/// One open socket, for SHOW FDS: what a pooler that takes over needs to know about it.
package struct FDRow: Hashable, Sendable {
    package enum Task: String, Hashable, Sendable {
        /// A socket that listens.
        case pooler
        case client, server
    }

    package var fd: Int32
    package var task: Task
    package var user: String?
    package var database: String?
    package var address: String
    package var port: Int
    /// The eight bytes of the cancel key, most significant first.
    package var cancelKey: UInt64 = 0
    /// The descriptor it is linked to; 0 for none.
    package var link: Int32 = 0
    package var clientEncoding: String?
    package var standardConformingStrings: String?
    package var dateStyle: String?
    package var timeZone: String?
    /// Only of a user who is in no file.
    package var password: String?
    package var scramClientKey: [UInt8]?
    package var scramServerKey: [UInt8]?

    package init(fd: Int32, task: Task, address: String, port: Int) {
        self.fd = fd
        self.task = task
        self.address = address
        self.port = port
    }
}

extension ShowTable {
    /// SHOW FDS, for admins only: it tells passwords and cancel keys.
    ///
    /// To the pooler's own user on a Unix socket each descriptor travels beside its row, which is the daemon's work.
    package static func fds(_ rows: [FDRow]) -> ShowTable {
        ShowTable(
            columns: columns(.int4, "fd") + columns(.text, "task", "user", "database", "addr")
                + columns(.int4, "port") + columns(.int8, "cancel") + columns(.int4, "link")
                + columns(.text, "client_encoding", "std_strings", "datestyle", "timezone", "password")
                + columns(.bytea, "scram_client_key", "scram_server_key"),
            rows: rows.map { row in
                [
                    "\(row.fd)", row.task.rawValue, row.user, row.database, row.address, "\(row.port)",
                    "\(row.cancelKey)", "\(row.link)", row.clientEncoding, row.standardConformingStrings,
                    row.dateStyle, row.timeZone, row.password,
                    row.scramClientKey.map(byteaText), row.scramServerKey.map(byteaText),
                ]
            })
    }

    private static func byteaText(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "\\x") { text, byte in
            text += byte < 0x10 ? "0" : ""
            text += String(byte, radix: 16)
        }
    }
}
