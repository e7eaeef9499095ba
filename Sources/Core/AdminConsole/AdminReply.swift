package import PGWire

/// What the console sends back for one query, up to and with ReadyForQuery.
package enum AdminReply: Hashable, Sendable {
    /// The command was carried out; the string is its ``AdminCommand/tag``.
    case done(String)
    case table(ShowTable)
    /// The list of commands, as a notice.
    case help
    /// SET of a ``ProbeParameter``.
    case setIgnored
    /// SET of a TLS setting that could not be put to use; the string is the tag.
    case tlsUnchanged(String)
    case error(AdminError)
    /// A message the console does not take: an error, then the end of the connection, which the daemon closes.
    case refusedMessage(MessageType)

    package func encode(into writer: inout WireWriter) {
        switch self {
        case .done(let tag): writer.commandComplete(tag)
        case .table(let table):
            table.encode(into: &writer)
            writer.commandComplete("SHOW")
        case .help:
            ConsoleHelp.encode(into: &writer)
            writer.commandComplete("SHOW")
        case .setIgnored:
            writer.noticeResponse("SET ignored")
            writer.commandComplete("SET")
        case .tlsUnchanged(let tag):
            writer.noticeResponse("TLS settings could not be applied, still using old configuration")
            writer.commandComplete(tag)
        case .error(let error): writer.errorResponse(.error, error.code, error.message)
        case .refusedMessage(let type):
            let error = AdminError.unsupportedMessage(type)
            writer.errorResponse(.error, error.code, error.message)
            writer.readyForQuery(.idle)
            writer.errorResponse(.fatal, .protocolViolation, "bad packet")
            return
        }
        writer.readyForQuery(.idle)
    }
}
