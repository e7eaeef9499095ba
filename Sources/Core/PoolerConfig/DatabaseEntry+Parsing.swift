extension DatabaseEntry {
    /// Reads the value of the line `name = value` of `[databases]`.
    init(name: String, parsing value: [UInt8], remarks: inout [String]) throws(EntryRefusal) {
        guard name != "pgbouncer" else {
            throw EntryRefusal(message: "database name \"\(name)\" is reserved")
        }
        guard name.utf8.count <= Self.nameLimit else {
            throw EntryRefusal(message: "too long db name: \(name)")
        }
        self.init(name: name)
        var reader = EntryReader(value, onSyntaxError: "syntax error in connection string")
        while let key = try reader.nextKey() {
            if try readPlace(key, from: &reader) { continue }
            if try readLimit(key, from: &reader) { continue }
            guard readText(key, from: reader) else { throw reader.unknownKey("connection") }
        }
        remarks += reader.remarks
    }

    /// Where the server is and who logs in. Returns false when `key` says something else.
    private mutating func readPlace(_ key: String, from reader: inout EntryReader) throws(EntryRefusal) -> Bool {
        switch key {
        case "dbname": dbname = reader.text
        case "host":
            host = ListSeparator.commas.split(reader.text).map(Host.init)
            hostText = reader.text
        case "port": port = try reader.port()
        case "user": user = reader.name(limit: UserEntry.nameLimit)
        case "password":
            guard reader.bytes.count <= UserlistFile.secretLimit else {
                throw EntryRefusal(message: "password too long")
            }
            password = Secret(bytes: reader.bytes)
        case "auth_user": authUser = reader.text
        case "auth_query": authQuery = reader.text
        case "auth_dbname": authDbname = reader.text
        default: return false
        }
        return true
    }

    private mutating func readLimit(_ key: String, from reader: inout EntryReader) throws(EntryRefusal) -> Bool {
        switch key {
        case "pool_size": poolSize = reader.size()
        case "min_pool_size": minPoolSize = reader.size()
        case "reserve_pool_size", "reserve_pool": reservePoolSize = reader.size()
        case "max_db_connections": maxDbConnections = reader.limit()
        case "max_db_client_connections": maxDbClientConnections = reader.limit()
        case "pool_mode": poolMode = try reader.poolMode()
        case "server_lifetime": serverLifetime = reader.positiveSeconds()
        case "query_wait_timeout": queryWaitTimeout = reader.seconds()
        case "load_balance_hosts": loadBalanceHosts = try reader.loadBalanceHosts()
        default: return false
        }
        return true
    }

    private mutating func readText(_ key: String, from reader: EntryReader) -> Bool {
        switch key {
        case "client_encoding": clientEncoding = reader.text
        case "datestyle": datestyle = reader.text
        case "timezone": timezone = reader.text
        case "application_name": applicationName = reader.text
        case "connect_query": connectQuery = reader.text
        default: return false
        }
        return true
    }

    /// The keys of this entry that do nothing yet, as the file writes them.
    package var keysNotActedOn: [String] {
        var keys: [String] = []
        if authUser != nil { keys.append("auth_user") }
        if authQuery != nil { keys.append("auth_query") }
        if authDbname != nil { keys.append("auth_dbname") }
        return keys
    }
}
