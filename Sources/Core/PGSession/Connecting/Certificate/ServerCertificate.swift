package import PGAuth

/// The fields of a server's certificate that `sslmode=verify-full` and channel binding need.
///
/// The trust in its issuer is not checked here.
///
/// Source: RFC 5280 section 4.1
package struct ServerCertificate: Hashable, Sendable {
    /// A host name or address in the subjectAltName extension.
    package enum AlternativeName: Hashable, Sendable {
        case dns([UInt8])
        case ip([UInt8])
    }

    /// The first common name of the subject.
    package let commonName: [UInt8]?
    /// The host names and addresses, in order.
    package let alternativeNames: [AlternativeName]
    /// The hash function of the certificate's signature; `nil` if it is unknown or there is none.
    package let signatureHash: CertificateHash?

    /// Parses a certificate; `nil` if the bytes are not one.
    ///
    /// - Complexity: O(*n*)
    package init?(der: [UInt8]) {
        var outer = DERReader(der[...])
        guard var certificate = outer.next(DERReader.sequence)?.children,
            var signed = certificate.next(DERReader.sequence)?.children,
            let algorithm = certificate.next(DERReader.sequence)
        else { return nil }
        signatureHash = Self.hash(algorithm)

        if signed.nextTag == 0xA0 { _ = signed.next() }  // the version
        for _ in ["serial number", "signature", "issuer", "validity"] {
            guard signed.next() != nil else { return nil }
        }
        guard let subject = signed.next(DERReader.sequence), signed.next() != nil else { return nil }
        commonName = Self.commonName(subject)
        var names: [AlternativeName] = []
        while let element = signed.next() {
            if element.tag == 0xA3 { names = Self.alternativeNames(element) }
        }
        alternativeNames = names
    }

    /// The object identifiers 2.5.4.3 and 2.5.29.17.
    private static let commonNameID: [UInt8] = [0x55, 0x04, 0x03]
    private static let alternativeNameID: [UInt8] = [0x55, 0x1D, 0x11]

    private static func commonName(_ subject: DERReader.Element) -> [UInt8]? {
        var sets = subject.children
        while var attributes = sets.next(DERReader.set)?.children {
            while var attribute = attributes.next(DERReader.sequence)?.children {
                guard let type = attribute.next(DERReader.identifier), let value = attribute.next() else { break }
                if type.content.elementsEqual(commonNameID) { return Array(value.content) }
            }
        }
        return nil
    }

    private static func alternativeNames(_ element: DERReader.Element) -> [AlternativeName] {
        var wrapper = element.children
        guard var extensions = wrapper.next(DERReader.sequence)?.children else { return [] }
        while var item = extensions.next(DERReader.sequence)?.children {
            guard let type = item.next(DERReader.identifier) else { continue }
            if item.nextTag == DERReader.boolean { _ = item.next() }  // whether it is critical
            guard type.content.elementsEqual(alternativeNameID), var value = item.next(DERReader.octets)?.children,
                var names = value.next(DERReader.sequence)?.children
            else { continue }
            var found: [AlternativeName] = []
            while let name = names.next() {
                if name.tag == 0x82 { found.append(.dns(Array(name.content))) }
                if name.tag == 0x87 { found.append(.ip(Array(name.content))) }
            }
            return found
        }
        return []
    }
}

extension ServerCertificate {
    /// Returns the hash function for an algorithm. MD5 and SHA-1 are replaced by SHA-256.
    ///
    /// Source: RFC 5929 section 4.1; RFC 3279, RFC 4055 and RFC 5758 for the identifiers
    private static func hash(_ algorithm: DERReader.Element) -> CertificateHash? {
        var parts = algorithm.children
        guard let identifier = parts.next(DERReader.identifier) else { return nil }
        let id = Array(identifier.content)
        if id == rsa + [10] {
            // RSASSA-PSS names its hash function in its parameters; the default is SHA-1.
            guard var parameters = parts.next(DERReader.sequence)?.children, parameters.nextTag == 0xA0 else {
                return .sha256
            }
            var wrapper = parameters.next()?.children
            var hash = wrapper?.next(DERReader.sequence)?.children
            return hash?.next(DERReader.identifier).flatMap { plain[Array($0.content)] }
        }
        return signatures[id]
    }

    private static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01]
    private static let ecdsa: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04]
    private static let nist: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04]

    private static let signatures: [[UInt8]: CertificateHash] = [
        rsa + [4]: .sha256, rsa + [5]: .sha256, rsa + [11]: .sha256, rsa + [12]: .sha384, rsa + [13]: .sha512,
        ecdsa + [1]: .sha256, ecdsa + [3, 2]: .sha256, ecdsa + [3, 3]: .sha384, ecdsa + [3, 4]: .sha512,
        nist + [3, 2]: .sha256, [0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x03]: .sha256,
    ]
    private static let plain: [[UInt8]: CertificateHash] = [
        nist + [2, 1]: .sha256, nist + [2, 2]: .sha384, nist + [2, 3]: .sha512,
        [0x2B, 0x0E, 0x03, 0x02, 0x1A]: .sha256,
    ]
}
