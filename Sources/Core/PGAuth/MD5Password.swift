import Crypto

/// A password in the form that PostgreSQL's `md5` method stores: the MD5 of password and user name.
///
/// Source: PostgreSQL, protocol-flow.html, AuthenticationMD5Password
package struct MD5Password: Sendable, Redacted {
    /// 32 hexadecimal digits in lower case.
    private let digits: [UInt8]

    package init(password: [UInt8], user: String) {
        digits = Self.hex(password + Array(user.utf8))
    }

    /// Parses `md5` and 32 lower-case hexadecimal digits; anything else, including upper-case digits, is a plain
    /// password.
    package init?(stored: some Collection<UInt8>) {
        guard stored.count == 35, stored.starts(with: "md5".utf8) else { return nil }
        digits = Array(stored.dropFirst(3))
        guard digits.allSatisfy(Self.hexDigits.contains) else { return nil }
    }

    /// The stored form, `md5` and 32 digits. It is a secret, because it suffices to log in.
    package var stored: [UInt8] { Array("md5".utf8) + digits }

    /// The answer to AuthenticationMD5Password with this salt.
    package func response(salt: [UInt8]) -> [UInt8] {
        Array("md5".utf8) + Self.hex(digits + salt)
    }

    /// Whether a client's answer to an MD5 challenge is right.
    package func accepts(response: [UInt8], salt: [UInt8]) -> Bool {
        ConstantTime.equal(response, self.response(salt: salt))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func hex(_ bytes: [UInt8]) -> [UInt8] {
        Insecure.MD5.hash(data: bytes).flatMap { [hexDigits[Int($0 >> 4)], hexDigits[Int($0 & 15)]] }
    }
}

extension MD5Password: Equatable {
    package static func == (left: MD5Password, right: MD5Password) -> Bool {
        ConstantTime.equal(left.digits, right.digits)
    }
}
