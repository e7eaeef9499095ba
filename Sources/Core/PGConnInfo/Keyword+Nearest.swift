extension ConnectionString.Keyword {
    /// Finds the keyword that was probably meant; `nil` if none is similar.
    ///
    /// The keyword, or another program's name for it, with the smallest number of letters to add, drop, change or swap;
    /// at most one letter in three.
    ///
    /// - Complexity: O(*n*). Nothing is similar to a name of more than 64 bytes.
    public init?(nearest name: String) {
        guard let keyword = Nearest.to(name, among: Self.spellings) else { return nil }
        self = keyword
    }

    /// Every keyword, and the names that JDBC, Django, SQLAlchemy, node-postgres, Prisma and Go programs use for some.
    static let spellings: [(String, Self)] =
        allCases.map { ($0.rawValue, $0) } + [
            ("database", .dbname), ("db", .dbname), ("database_name", .dbname), ("username", .user),
            ("user_name", .user), ("role", .user), ("login", .user), ("pass", .password), ("passwd", .password),
            ("pwd", .password), ("hostname", .host), ("server", .host), ("servername", .host), ("ssl", .sslmode),
            ("tls", .sslmode), ("ssl_mode", .sslmode), ("sslaccept", .sslmode), ("timeout", .connectTimeout),
            ("connection_timeout", .connectTimeout), ("connecttimeout", .connectTimeout), ("encoding", .clientEncoding),
            ("charset", .clientEncoding), ("applicationname", .applicationName), ("appname", .applicationName),
            ("targetservertype", .targetSessionAttrs), ("loadbalancehosts", .loadBalanceHosts),
            ("search_path", .options), ("ssl_root_cert", .sslrootcert), ("sslca", .sslrootcert),
            ("ssl_ca", .sslrootcert), ("sslidentity", .sslcert), ("passwordfile", .passfile), ("pgpass", .passfile),
        ]
}

/// Finds the closest spelling of an unknown name.
enum Nearest {
    /// The meaning of the closest of some spellings, if it is close enough; the first of several.
    static func to<Meaning>(_ name: String, among spellings: [(String, Meaning)]) -> Meaning? {
        let name = Array(name.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 })
        guard (2...64).contains(name.count) else { return nil }
        var best: (meaning: Meaning, distance: Int)?
        for (spelling, meaning) in spellings {
            let distance = distance(name, Array(spelling.utf8))
            guard distance <= max(1, name.count / 3), distance < best?.distance ?? .max else { continue }
            best = (meaning, distance)
        }
        return best?.meaning
    }

    /// The number of letters to add, drop, change, or swap with their neighbor.
    ///
    /// - Complexity: O(*n* · *m*)
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var distance = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    distance = min(distance, beforeLast[column - 1] + 1)
                }
                current.append(distance)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
