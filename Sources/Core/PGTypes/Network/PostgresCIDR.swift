/// A network address: PostgreSQL's `cidr`. The bits after the prefix are zero.
public struct PostgresCIDR: Hashable, Sendable {
    private let inet: PostgresInet

    /// The network's address.
    public var address: PostgresIPAddress { inet.address }
    /// The length of the network prefix in bits, 0…32 or 0…128.
    public var prefixLength: Int { inet.prefixLength }

    /// Creates a network; `nil` if the prefix is longer than the address, or a bit after it is set.
    public init?(_ address: PostgresIPAddress, prefixLength: Int) {
        guard let inet = PostgresInet(address, prefixLength: prefixLength) else { return nil }
        self.init(inet)
    }

    private init?(_ inet: PostgresInet) {
        guard inet.address.isZero(after: inet.prefixLength) else { return nil }
        self.inet = inet
    }
}

extension PostgresCIDR: PostgresScalar {
    /// `cidr`.
    @inlinable public static var postgresType: PostgresType { .cidr }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        guard let value = Self(try PostgresInet(binary: &reader)) else { throw reader.malformed }
        self = value
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) { inet.write(binary: &writer, isCIDR: true) }

    /// Reads `10.0.0.0/8`.
    public init?(_ description: String) {
        guard let inet = PostgresInet(description) else { return nil }
        self.init(inet)
    }

    /// As PostgreSQL writes it: always with the prefix length.
    public var description: String { "\(address)/\(prefixLength)" }
}
