extension UserEntry {
    /// Reads the value of the line `name = value` of `[users]`.
    init(name: String, parsing value: [UInt8], remarks: inout [String]) throws(EntryRefusal) {
        guard name.utf8.count <= Self.nameLimit else {
            throw EntryRefusal(message: "too long user name: \(name)")
        }
        self.init(name: name)
        var reader = EntryReader(value, onSyntaxError: "syntax error in user settings")
        while let key = try reader.nextKey() {
            switch key {
            case "pool_mode": poolMode = try reader.poolMode()
            case "pool_size": poolSize = try reader.size()
            case "reserve_pool_size": reservePoolSize = try reader.size()
            case "max_user_connections": maxUserConnections = try reader.limit()
            case "max_user_client_connections": maxUserClientConnections = try reader.limit()
            case "query_timeout": queryTimeout = try reader.positiveSeconds()
            case "query_wait_timeout": queryWaitTimeout = try reader.seconds()
            case "transaction_timeout": transactionTimeout = try reader.positiveSeconds()
            case "idle_transaction_timeout": idleTransactionTimeout = try reader.positiveSeconds()
            case "client_idle_timeout": clientIdleTimeout = try reader.positiveSeconds()
            default: throw reader.unknownKey("user")
            }
        }
        remarks += reader.remarks
    }
}
