package import PGWire

/// What a client asks for in its start-up message, checked against what the pooler can give.
package struct StartupRequest: Sendable {
    package var user: String
    package var database: String
    package var parameters: TrackedParameters
    /// `_pq_.` options, none of which is supported; NegotiateProtocolVersion tells the client so.
    package var unrecognizedOptions: [String]
    /// The client asked for a newer minor version than 3.0.
    package var needsNegotiation: Bool
    package var wantsReplication: Bool

    package enum Failure: Error, Hashable, Sendable {
        case noUser
        case unsupportedParameter(String)
        case unsupportedOptionsForm
        case unsupportedParameterInOptions(String)

        /// PgBouncer's words.
        package var message: String {
            switch self {
            case .noUser: "no username supplied"
            case .unsupportedParameter(let name): "unsupported startup parameter: \(name)"
            case .unsupportedOptionsForm:
                "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed"
            case .unsupportedParameterInOptions(let name): "unsupported startup parameter in options: \(name)"
            }
        }
    }

    /// - Parameter ignored: the names of `ignore_startup_parameters`.
    package init(
        version: ProtocolVersion, parameters list: [StartupParameter], tracked names: TrackedNames, ignored: [String]
    ) throws(Failure) {
        user = ""
        database = ""
        parameters = TrackedParameters(count: names.count)
        unrecognizedOptions = []
        needsNegotiation = version.minor > 0
        wantsReplication = false

        for parameter in list {
            let text = String(decoding: parameter.value, as: UTF8.self)
            switch parameter.name {
            case "user": user = text
            case "database": database = text
            case "replication": wantsReplication = Self.asksForReplication(text)
            case "options":
                try read(options: parameter.value, names, ignored)
            default:
                if parameter.name.hasPrefix("_pq_.") {
                    unrecognizedOptions.append(parameter.name)
                } else if let index = names.index(of: parameter.name) {
                    parameters[index] = parameter.value
                } else if !ignored.contains(parameter.name) {
                    throw .unsupportedParameter(parameter.name)
                }
            }
        }
        guard !user.isEmpty else { throw .noUser }
        if database.isEmpty { database = user }
        if !unrecognizedOptions.isEmpty { needsNegotiation = true }
    }

    private mutating func read(
        options: [UInt8], _ names: TrackedNames, _ ignored: [String]
    ) throws(Failure) {
        let settings: [(name: String, value: [UInt8])]
        do throws(StartupOptions.Failure) {
            settings = try StartupOptions.parse(options)
        } catch {
            // `ignore_startup_parameters = options` gives up on names, not on the form.
            throw .unsupportedOptionsForm
        }
        for setting in settings {
            if let index = names.index(of: setting.name) {
                parameters[index] = setting.value
            } else if !ignored.contains(setting.name), !ignored.contains("options") {
                throw .unsupportedParameterInOptions(setting.name)
            }
        }
    }

    /// PostgreSQL takes any spelling of a Boolean, and the word `database`.
    private static func asksForReplication(_ value: String) -> Bool {
        !["", "0", "f", "n", "of", "off", "no", "false", "fa", "fal", "fals"].contains(value.lowercased())
    }
}
