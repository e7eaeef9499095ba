/// The error thrown when a connection string cannot be parsed.
///
/// Messages use libpq's words, so that a search finds PostgreSQL's answers. Passwords, and text that may be part of
/// one, are replaced by `***`.
public enum ConnInfoError: Error, Hashable, Sendable {
    /// A keyword was not followed by “=”.
    case missingEquals(keyword: String, offset: Int)
    /// The single quote that opens a value is never closed.
    case unterminatedQuote(offset: Int)
    /// The keyword is not one that libpq knows.
    case unknownKeyword(String, offset: Int)

    /// A “[” in a URI was not followed by “]”.
    case unterminatedIPv6Address(uri: String, offset: Int)
    /// There is nothing between “[” and “]” in a URI.
    case emptyIPv6Address(uri: String, offset: Int)
    /// “]” in a URI is followed by something other than a port, a comma, a slash or a question mark.
    case unexpectedCharacter(Unicode.Scalar, uri: String, offset: Int)
    /// A URI's query parameter has no “=”.
    case missingQuerySeparator(parameter: String, offset: Int)
    /// A URI's query parameter has a second “=”; in a value it is written `%3D`.
    case extraQuerySeparator(parameter: String, offset: Int)
    /// A URI's query parameter is not a keyword that libpq knows.
    case unknownQueryParameter(String, offset: Int)
    /// In a URI, “%” is not followed by two hexadecimal digits.
    case invalidPercentEncoding(String, offset: Int)
    /// A URI contains `%00`.
    case forbiddenZero(String, offset: Int)
    /// A URI contains a space inside a value; it is written `%20`.
    case unexpectedSpaces(String, offset: Int)

    /// A value is not UTF-8 after percent-decoding. Stricter than libpq, which accepts any bytes.
    case invalidUTF8(offset: Int)
    /// The text contains a zero byte, which would end it for libpq.
    case zeroByte(offset: Int)

    /// The offset of the error in the input's UTF-8, in bytes.
    public var offset: Int {
        switch self {
        case .missingEquals(_, let offset), .unterminatedQuote(let offset), .unknownKeyword(_, let offset),
            .unterminatedIPv6Address(_, let offset), .emptyIPv6Address(_, let offset),
            .unexpectedCharacter(_, _, let offset), .missingQuerySeparator(_, let offset),
            .extraQuerySeparator(_, let offset), .unknownQueryParameter(_, let offset),
            .invalidPercentEncoding(_, let offset), .forbiddenZero(_, let offset), .unexpectedSpaces(_, let offset),
            .invalidUTF8(let offset), .zeroByte(let offset):
            offset
        }
    }

    /// The message that libpq 18 gives.
    public var message: String {
        switch self {
        case .missingEquals(let keyword, _): "missing \"=\" after \"\(keyword)\" in connection info string"
        case .unterminatedQuote: "unterminated quoted string in connection info string"
        case .unknownKeyword(let keyword, _): "invalid connection option \"\(keyword)\""
        case .unterminatedIPv6Address(let uri, _):
            "end of string reached when looking for matching \"]\" in IPv6 host address in URI: \"\(uri)\""
        case .emptyIPv6Address(let uri, _): "IPv6 host address may not be empty in URI: \"\(uri)\""
        case .unexpectedCharacter(let character, let uri, let offset):
            "unexpected character \"\(character)\" at position \(offset + 1) in URI "
                + "(expected \":\" or \"/\"): \"\(uri)\""
        case .missingQuerySeparator(let parameter, _):
            "missing key/value separator \"=\" in URI query parameter: \"\(parameter)\""
        case .extraQuerySeparator(let parameter, _):
            "extra key/value separator \"=\" in URI query parameter: \"\(parameter)\""
        case .unknownQueryParameter(let parameter, _): "invalid URI query parameter: \"\(parameter)\""
        case .invalidPercentEncoding(let token, _): "invalid percent-encoded token: \"\(token)\""
        case .forbiddenZero(let value, _): "forbidden value %00 in percent-encoded value: \"\(value)\""
        case .unexpectedSpaces(let value, _):
            "unexpected spaces found in \"\(value)\", use percent-encoded spaces (%20) instead"
        case .invalidUTF8: "value is not valid UTF-8 in connection info string"
        case .zeroByte: "zero byte in connection info string"
        }
    }

    /// The keyword that was probably meant; `nil` if none is similar enough.
    public var suggestion: ConnectionString.Keyword? {
        switch self {
        case .unknownKeyword(let name, _), .unknownQueryParameter(let name, _):
            ConnectionString.Keyword(nearest: name)
        default: nil
        }
    }
}

extension ConnInfoError: CustomStringConvertible {
    /// The ``message``, and the keyword that was probably meant.
    public var description: String {
        suggestion.map { "\(message) (did you mean \"\($0.rawValue)\"?)" } ?? message
    }
}
