extension PeerEntry {
    /// The largest id that fits in a cancel key.
    package static let usableIDs = 1...16_383

    /// Reads the value of the line `name = value` of `[peers]`.
    init(name: String, parsing value: [UInt8], remarks: inout [String]) throws(EntryRefusal) {
        guard let id = Int(name), (1...65_535).contains(id) else {
            throw EntryRefusal(message: "ids of peers must be a number larger than 0 and at most 65536")
        }
        var reader = EntryReader(value, onSyntaxError: "syntax error in connection string")
        var host: Host?
        var port = 6432
        var poolSize: Int?
        while let key = try reader.nextKey() {
            switch key {
            case "host": host = Host(reader.text)
            case "port": port = try reader.port()
            case "pool_size": poolSize = reader.size()
            default: throw reader.unknownKey("connection")
            }
        }
        guard let host else { throw EntryRefusal(message: "host was not provided for peer \(id)") }
        self.init(id: id, host: host)
        self.port = port
        self.poolSize = poolSize
        remarks += reader.remarks
        if !Self.usableIDs.contains(id) {
            remarks.append("peer \(id) is never reached, because a peer_id is at most \(Self.usableIDs.upperBound)")
        }
    }
}
