/// The error thrown when a service cannot be looked up.
public enum ServiceFileError: Error, Hashable, Sendable {
    /// The file that `PGSERVICEFILE` names does not exist.
    case fileNotFound(String)
    /// No service file has a section with this name.
    case serviceNotFound(String)
    /// A line has 1023 bytes or more, including its line end.
    case lineTooLong(ServiceFile.Place)
    /// A line of the service has no “=”.
    case missingEquals(ServiceFile.Place)
    /// A line of the service sets an unknown keyword; blanks before “=” are part of it.
    case unknownKeyword(String, ServiceFile.Place)
    /// A service refers to another service.
    case nestedService(ServiceFile.Place)
    /// A line of the service requests an LDAP lookup, which is not supported (libpq supports it).
    case ldap(ServiceFile.Place)
    /// A value is not UTF-8. Stricter than libpq, which accepts any bytes.
    case invalidUTF8(ServiceFile.Place)

    /// The message that libpq 18 gives.
    public var message: String {
        switch self {
        case .fileNotFound(let path): "service file \"\(path)\" not found"
        case .serviceNotFound(let service): "definition of service \"\(service)\" not found"
        case .lineTooLong(let place): "line \(place.line) too long in service file \"\(place.path)\""
        case .missingEquals(let place), .unknownKeyword(_, let place):
            "syntax error in service file \"\(place.path)\", line \(place.line)"
        case .nestedService(let place):
            "nested service specifications not supported in service file \"\(place.path)\", line \(place.line)"
        case .ldap(let place):
            "LDAP look-up not supported in service file \"\(place.path)\", line \(place.line)"
        case .invalidUTF8(let place):
            "value is not valid UTF-8 in service file \"\(place.path)\", line \(place.line)"
        }
    }
}

extension ServiceFileError: CustomStringConvertible {
    /// The ``message``, and the expected syntax if libpq's message does not say it.
    public var description: String {
        switch self {
        case .missingEquals: return "\(message): expected keyword=value"
        case .unknownKeyword(let name, _):
            let nearest = ConnectionString.Keyword(nearest: name).map { "; did you mean \"\($0.rawValue)\"?" } ?? ""
            return "\(message): invalid connection option \"\(name)\"\(nearest)"
        default: return message
        }
    }
}
