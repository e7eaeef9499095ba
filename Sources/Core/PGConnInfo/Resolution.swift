extension ConnectionString {
    /// This string, completed as libpq does before it connects: from the service, then the environment, then libpq's
    /// defaults. A keyword is taken from the first of these that sets it, even to an empty value.
    ///
    /// There are two exceptions. `PGREQUIRESSL=1` means `sslmode=require` if nothing else sets it; and if nothing at
    /// all sets `sslmode`, `sslrootcert=system` makes it `verify-full`.
    ///
    /// - Parameter files: the existing files of ``ServiceFile/search(for:in:)``, in that order.
    /// - Throws: ``ServiceFileError``
    func completed(_ environment: ClientEnvironment, files: [ServiceFile]) throws(ServiceFileError) -> Self {
        let service = try ServiceFile.search(for: self, in: environment)?.options(in: files) ?? []
        var values: [Keyword: String] = [:]
        for option in options + service where values[option.keyword] == nil { values[option.keyword] = option.value }
        for keyword in Keyword.allCases where values[keyword] == nil {
            values[keyword] = environment.value(keyword)
        }
        if values[.sslmode] == nil, values[.sslrootcert] == "system" { values[.sslmode] = "verify-full" }
        let options = Keyword.allCases.compactMap { keyword in
            (values[keyword] ?? keyword.defaultValue).map { Option(keyword, $0) }
        }
        return Self(options, hasMisplacedPassword: hasMisplacedPassword)
    }
}

extension ClientEnvironment {
    fileprivate func value(_ keyword: ConnectionString.Keyword) -> String? {
        let value = keyword.environmentVariable.flatMap { variables[$0] }
        if value == nil, keyword == .sslmode, variables["PGREQUIRESSL"]?.utf8.first == UInt8(ascii: "1") {
            return "require"
        }
        return value
    }
}
