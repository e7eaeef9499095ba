package import PGWire

/// The parameters that a client is told at log-in, as a server of its pool has reported them.
package struct WelcomeParameters: Sendable {
    package private(set) var tracked: TrackedParameters
    /// ParameterStatus messages of the parameters that are not tracked.
    package private(set) var messages: [UInt8] = []
    private var untracked: [ParameterStatus]

    package init(tracked: TrackedParameters, untracked: [ParameterStatus]) {
        self.tracked = tracked
        self.untracked = untracked
        encode()
    }

    /// - Parameter messages: ParameterStatus messages, one after the other; what is none is left out.
    package init(tracked: TrackedParameters, messages: [UInt8]) {
        self.init(tracked: tracked, untracked: Self.decode(messages))
    }

    /// Takes over the value that a server has reported.
    ///
    /// - Returns: whether anything has changed.
    package mutating func learn(_ parameter: ParameterStatus, names: TrackedNames) -> Bool {
        if let index = names.index(of: parameter.name) {
            guard tracked[index] != parameter.value else { return false }
            tracked[index] = parameter.value
            return true
        }
        if let index = untracked.firstIndex(where: { $0.name == parameter.name }) {
            guard untracked[index].value != parameter.value else { return false }
            untracked[index] = parameter
        } else {
            // A server reports each parameter at log-in; one that makes up others is not followed without end.
            guard untracked.count < Self.mostParameters else { return false }
            untracked.append(parameter)
        }
        encode()
        return true
    }

    private static var mostParameters: Int { 256 }

    /// The server is a standby (`in_hot_standby`, PostgreSQL 14 and later). It may be promoted at any time.
    package var isStandby: Bool {
        untracked.contains { $0.name == "in_hot_standby" && $0.value == Array("on".utf8) }
    }

    /// Whether a parameter says something about the server that no client can change by `SET`, so that a report of it
    /// holds for the whole pool even while a client uses the server.
    package static func isFact(_ name: String) -> Bool {
        switch name {
        case "in_hot_standby", "server_version", "server_encoding", "integer_datetimes": true
        default: false
        }
    }

    private mutating func encode() {
        var writer = WireWriter()
        for parameter in untracked { parameter.encode(into: &writer) }
        messages = writer.bytes
    }

    private static func decode(_ messages: [UInt8]) -> [ParameterStatus] {
        var found: [ParameterStatus] = []
        var position = 0
        while messages.count - position >= 5 {
            let length = messages[(position + 1)..<(position + 5)].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 4, messages.count - position > length else { break }
            let body = Array(messages[(position + 5)..<(position + 1 + length)])
            if let parameter = try? ParameterStatus(body: body) { found.append(parameter) }
            position += 1 + length
        }
        return found
    }
}
