/// Reads the values of ``PoolOptions/Key``.
struct PoolOptionReader {
    private var values: [PoolOptions.Key: String] = [:]

    /// Records a value; if a key occurs more than once, the last value counts, as in libpq.
    mutating func take(_ extra: OptionTable.Extra) throws(PoolStringError) {
        guard let key = PoolOptions.Key(rawValue: extra.name) else { return }
        guard let text = String(validating: extra.value, as: UTF8.self) else {
            throw .connection(.invalidUTF8(offset: extra.offset))
        }
        values[key] = text
    }

    func options() throws(PoolStringError) -> PoolOptions {
        var options = PoolOptions()
        options.maximumConnections = try one(
            (.connectionLimit, count(.connectionLimit, from: 1)), (.poolMaxConns, count(.poolMaxConns, from: 1)))
        options.minimumConnections = try count(.poolMinConns, from: 0)
        options.minimumIdleConnections = try count(.poolMinIdleConns, from: 0)
        options.acquireTimeout = try seconds(.poolTimeout).map { .init($0) }
        options.maximumLifetime = try one(
            (.maxConnectionLifetime, seconds(.maxConnectionLifetime)),
            (.poolMaxConnLifetime, duration(.poolMaxConnLifetime))
        ).map { .init($0) }
        options.lifetimeJitter = try duration(.poolMaxConnLifetimeJitter)
        options.maximumIdleTime = try one(
            (.maxIdleConnectionLifetime, seconds(.maxIdleConnectionLifetime)),
            (.poolMaxConnIdleTime, duration(.poolMaxConnIdleTime))
        ).map { .init($0) }
        options.healthCheckPeriod = try duration(.poolHealthCheckPeriod)
        options.pingTimeout = try duration(.poolPingTimeout).map { .init($0) }
        options.socketTimeout = try seconds(.socketTimeout).map { .init($0) }
        options.statementCacheSize = try count(.statementCacheSize, from: 0)
        options.isBehindTransactionPooler = try boolean(.pgbouncer)
        options.schema = values[.schema].flatMap { $0.isEmpty ? nil : $0 }
        try checkOrder(options)
        return options
    }

    /// The connection string, with `database` as its `dbname`.
    func connection(_ string: ConnectionString) throws(PoolStringError) -> ConnectionString {
        guard let database = values[.database] else { return string }
        let dbname = string[.dbname]
        guard dbname == nil || dbname == database else { throw .contradiction("database", "dbname") }
        return ConnectionString(
            ConnectionString(string.options + [.init(.dbname, database)]).options,
            hasMisplacedPassword: string.hasMisplacedPassword)
    }

    private func checkOrder(_ options: PoolOptions) throws(PoolStringError) {
        guard let maximum = options.maximumConnections else { return }
        let key = values[.poolMaxConns] == nil ? PoolOptions.Key.connectionLimit : .poolMaxConns
        for (least, minimum) in [
            (PoolOptions.Key.poolMinConns, options.minimumConnections),
            (.poolMinIdleConns, options.minimumIdleConnections),
        ] where (minimum ?? 0) > maximum {
            throw .contradiction(least.rawValue, key.rawValue)
        }
    }

    private func one<Value: Equatable>(
        _ first: (key: PoolOptions.Key, value: Value?), _ second: (key: PoolOptions.Key, value: Value?)
    ) throws(PoolStringError) -> Value? {
        if let one = first.value, let other = second.value, one != other {
            throw .contradiction(first.key.rawValue, second.key.rawValue)
        }
        return first.value ?? second.value
    }

    private func count(_ key: PoolOptions.Key, from least: Int32) throws(PoolStringError) -> Int? {
        guard let text = values[key] else { return nil }
        guard let number = Int32(text), number >= least else {
            throw .invalidValue(key, text, expected: "a whole number from \(least)")
        }
        return Int(number)
    }

    private func seconds(_ key: PoolOptions.Key) throws(PoolStringError) -> Duration? {
        guard let text = values[key] else { return nil }
        guard let number = Int32(text), number >= 0 else {
            throw .invalidValue(key, text, expected: "whole seconds, 0 for no limit")
        }
        return .seconds(number)
    }

    private func duration(_ key: PoolOptions.Key) throws(PoolStringError) -> Duration? {
        guard let text = values[key] else { return nil }
        guard let duration = GoDuration.parse(text) else {
            throw .invalidValue(key, text, expected: "a time such as 90s, 1h30m or 500ms")
        }
        return duration
    }

    private func boolean(_ key: PoolOptions.Key) throws(PoolStringError) -> Bool? {
        guard let text = values[key] else { return nil }
        guard let value = Bool(text) else { throw .invalidValue(key, text, expected: "true or false") }
        return value
    }
}
