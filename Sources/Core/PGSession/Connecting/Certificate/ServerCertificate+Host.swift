extension ServerCertificate {
    /// Returns the reason why the certificate is not valid for a host with `sslmode=verify-full`; `nil` if it is valid.
    ///
    /// The rules are libpq's: names and addresses of the subjectAltName extension are compared, and the common name
    /// only if the extension has none of the host's kind. A `*` matches the first label, and only as a whole. Case does
    /// not matter.
    ///
    /// - Parameters:
    ///   - host: the host in the connection string: a name or an address.
    ///   - address: the bytes of the address, if the host is one.
    ///
    /// Source: PostgreSQL 18, libpq-ssl.html#LIBQ-SSL-CERTIFICATES
    package func objection(toHost host: String, address: [UInt8]?) -> String? {
        let host = Array(host.utf8)
        var examined: [String] = []
        var hasSameKind = false
        for name in alternativeNames {
            switch name {
            case .dns(let text):
                if address == nil { hasSameKind = true }
                examined.append(String(decoding: text, as: UTF8.self))
                if text.contains(0) { return Self.embeddedZero }
                if Self.matches(text, host) { return nil }
            case .ip(let bytes):
                if address != nil { hasSameKind = true }
                guard bytes.count == 4 || bytes.count == 16 else {
                    return "certificate contains IP address with invalid length \(bytes.count)"
                }
                examined.append(Self.text(bytes))
                if bytes == address { return nil }
            }
        }
        if !hasSameKind, let commonName {
            if commonName.contains(0) { return Self.embeddedZero }
            if Self.matches(commonName, host) { return nil }
            examined.append(String(decoding: commonName, as: UTF8.self))
        }
        guard let first = examined.first else { return "could not get server's host name from server certificate" }
        let others = examined.count - 1
        let also = others == 0 ? "" : " (and \(others) other name\(others == 1 ? "" : "s"))"
        return "server certificate for \"\(first)\"\(also) does not match host name "
            + "\"\(String(decoding: host, as: UTF8.self))\""
    }

    private static let embeddedZero = "SSL certificate's name contains embedded null"

    private static func matches(_ pattern: [UInt8], _ host: [UInt8]) -> Bool {
        let pattern = pattern.map(lowercased)
        let host = host.map(lowercased)
        if pattern == host { return !host.isEmpty }
        guard pattern.count >= 3, pattern.starts(with: "*.".utf8), pattern.count <= host.count else { return false }
        let end = pattern.dropFirst()
        let label = host.dropLast(end.count)
        return host.suffix(end.count).elementsEqual(end) && !label.contains(UInt8(ascii: "."))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func text(_ address: [UInt8]) -> String {
        if address.count == 4 { return address.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: address.count - 1, by: 2).map { index in
            String(Int(address[index]) << 8 | Int(address[index + 1]), radix: 16)
        }.joined(separator: ":")
    }
}
