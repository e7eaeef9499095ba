extension UserEntry {
    /// Reads the value of the line `name = value` of `[users]`.
    init(name: String, parsing value: [UInt8], remarks: inout [String]) throws(EntryRefusal) {
        let cut = String(decoding: name.utf8.prefix(Self.nameLimit), as: UTF8.self)
        self.init(name: cut)
        if cut != name { remarks.append("too long user name, cut off after \(Self.nameLimit) bytes: \(cut)") }
        var reader = EntryReader(value, onSyntaxError: "syntax error in user settings")
        while let key = try reader.nextKey() {
            switch key {
            case "pool_mode": poolMode = try reader.poolMode()
            case "pool_size": poolSize = reader.size()
            case "reserve_pool_size": reservePoolSize = reader.size()
            case "max_user_connections": maxUserConnections = reader.limit()
            case "max_user_client_connections": maxUserClientConnections = reader.limit()
            case "query_timeout": queryTimeout = reader.positiveSeconds()
            case "query_wait_timeout": queryWaitTimeout = reader.seconds()
            case "transaction_timeout": transactionTimeout = reader.positiveSeconds()
            case "idle_transaction_timeout": idleTransactionTimeout = reader.positiveSeconds()
            case "client_idle_timeout": clientIdleTimeout = reader.positiveSeconds()
            default: throw reader.unknownKey("user")
            }
        }
        remarks += reader.remarks
    }
}
