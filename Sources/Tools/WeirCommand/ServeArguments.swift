/// The command line of PgBouncer, read the way `getopt_long` reads it.
///
/// Short options may be joined (`-dq`), long ones shortened (`--verb`), and the file may come before them.
struct ServeArguments: Hashable, Sendable {
    var configPath: String
    var daemon = false
    var quiet = false
    var reboot = false
    var verbosity = 0
    var user: String?
    /// Set for the process in the background: where to tell that it is up.
    var readyDescriptor: Int32?

    /// What a command line asks for.
    enum Request: Hashable, Sendable {
        case serve(ServeArguments)
        case showVersion
        case showHelp
    }

    /// Why a command line was refused, in the C library's words.
    struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        let description: String
    }

    /// The hidden option that ``Background`` gives to the process it starts.
    static let readyOption = "weir-ready-descriptor"

    private static let longOptions: [(name: String, short: Character, takesValue: Bool)] = [
        ("daemon", "d", false), ("help", "h", false), ("quiet", "q", false), ("reboot", "R", false),
        ("user", "u", true), ("verbose", "v", false), ("version", "V", false), (readyOption, "\0", true),
    ]

    /// Reads the words that follow the program's name. The first `-h` or `-V` ends the reading.
    static func read(_ words: [String]) throws(Refusal) -> Request {
        var arguments = ServeArguments(configPath: "")
        var files: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                files += rest
                break
            }
            if word.hasPrefix("--") {
                let option = try longOption(word.dropFirst(2), &rest)
                if let request = try arguments.take(option.short, option.value) { return request }
            } else if word.hasPrefix("-"), word.count > 1 {
                if let request = try arguments.takeShortOptions(word.dropFirst(), &rest) { return request }
            } else {
                files.append(word)
            }
        }
        guard files.count == 1 else { throw Refusal(description: "no configuration file specified") }
        arguments.configPath = files[0]
        return .serve(arguments)
    }

    private static func longOption(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) throws(Refusal) -> (short: Character, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts[0]
        var matches = longOptions.filter { $0.name == name }
        if matches.isEmpty { matches = longOptions.filter { $0.name.hasPrefix(name) && $0.name != readyOption } }
        guard let option = matches.first else { throw Refusal(description: "unrecognized option '--\(name)'") }
        guard matches.count == 1 else {
            let names = matches.map { "'--\($0.name)'" }.joined(separator: " ")
            throw Refusal(description: "option '--\(name)' is ambiguous; possibilities: \(names)")
        }
        if parts.count > 1 {
            guard option.takesValue else {
                throw Refusal(description: "option '--\(option.name)' doesn't allow an argument")
            }
            return (option.short, String(parts[1]))
        }
        guard option.takesValue else { return (option.short, "") }
        guard let value = rest.popFirst() else {
            throw Refusal(description: "option '--\(option.name)' requires an argument")
        }
        return (option.short, value)
    }

    private mutating func takeShortOptions(
        _ letters: Substring, _ rest: inout ArraySlice<String>
    ) throws(Refusal) -> Request? {
        var letters = letters
        while let letter = letters.popFirst() {
            if letter == "u" {
                guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
                    throw Refusal(description: "option requires an argument -- 'u'")
                }
                return try take("u", value)
            }
            if let request = try take(letter, "") { return request }
        }
        return nil
    }

    private mutating func take(_ option: Character, _ value: String) throws(Refusal) -> Request? {
        switch option {
        case "d": daemon = true
        case "q": quiet = true
        case "R": reboot = true
        case "v": verbosity += 1
        case "u": user = value
        case "h": return .showHelp
        case "V": return .showVersion
        case "\0": readyDescriptor = Int32(value)
        default: throw Refusal(description: "invalid option -- '\(option)'")
        }
        return nil
    }
}
