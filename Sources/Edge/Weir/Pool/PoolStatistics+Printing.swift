extension PoolStatistics: CustomStringConvertible {
    /// The statistics in one line: `3 in use, 2 idle, 1 waiting; 5 of 10 open; 0 time-outs`, and the error of the last
    /// attempt to connect, if it failed.
    public var description: String {
        var parts = ["\(inUse) in use, \(idle) idle, \(waiting) waiting", "\(total) of \(maximum) open"]
        for (count, what) in [(connecting, "being opened"), (testing, "being checked"), (closing, "being closed")] {
            if count > 0 { parts[1] += ", \(count) \(what)" }
        }
        parts.append("\(timeouts) time-outs")
        if isPaused { parts.append("paused") }
        if let lastError {
            parts.append("last error: " + lastError.split(separator: "\n").joined(separator: ", "))
        }
        return parts.joined(separator: "; ")
    }
}

/// Encodes all statistics under the names of the properties, with times in seconds; `nil` values are left out.
extension PoolStatistics: Encodable {
    private enum Name: String, CodingKey {
        case maximum, total, idle, inUse, testing, connecting, closing, waiting, isPaused
        case acquired, waited, timeouts, cancellations, refused, created, connectFailures, lastError, destroyed, leaks
        case totalWait, longestWait, totalUse
    }

    /// Encodes the statistics for a monitoring system.
    public func encode(to encoder: any Encoder) throws {
        var all = encoder.container(keyedBy: Name.self)
        let counts: [(Name, Int)] = [
            (.maximum, maximum), (.total, total), (.idle, idle), (.inUse, inUse), (.testing, testing),
            (.connecting, connecting), (.closing, closing), (.waiting, waiting), (.acquired, acquired),
            (.waited, waited), (.timeouts, timeouts), (.cancellations, cancellations), (.refused, refused),
            (.created, created), (.connectFailures, connectFailures), (.leaks, leaks),
        ]
        for (name, count) in counts { try all.encode(count, forKey: name) }
        try all.encode(isPaused, forKey: .isPaused)
        try all.encodeIfPresent(lastError, forKey: .lastError)
        let closures = destroyed.map { ($0.key.rawValue, $0.value) }
        try all.encode(Dictionary(uniqueKeysWithValues: closures), forKey: .destroyed)
        for (name, time) in [(Name.totalWait, totalWait), (.longestWait, longestWait), (.totalUse, totalUse)] {
            try all.encode(time / .seconds(1), forKey: name)
        }
    }
}
