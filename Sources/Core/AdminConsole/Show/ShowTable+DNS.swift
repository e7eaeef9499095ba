/// One host name, for SHOW DNS_HOSTS.
package struct DNSHostRow: Hashable, Sendable {
    package var hostname: String
    /// Seconds until it is looked up again; 0 if that is overdue.
    package var ttl: UInt64
    package var addresses: [String]

    package init(hostname: String, ttl: UInt64, addresses: [String]) {
        self.hostname = hostname
        self.ttl = ttl
        self.addresses = addresses
    }
}

/// One zone whose serial number is watched, for SHOW DNS_ZONES.
package struct DNSZoneRow: Hashable, Sendable {
    package var zonename: String
    package var serial: UInt32
    /// Host names in the zone.
    package var count: Int

    package init(zonename: String, serial: UInt32, count: Int) {
        self.zonename = zonename
        self.serial = serial
        self.count = count
    }
}

extension ShowTable {
    /// SHOW DNS_HOSTS.
    package static func dnsHosts(_ hosts: [DNSHostRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "hostname") + columns(.int8, "ttl") + columns(.text, "addrs"),
            rows: hosts.map { [$0.hostname, "\($0.ttl)", $0.addresses.joined(separator: ",")] })
    }

    /// SHOW DNS_ZONES.
    package static func dnsZones(_ zones: [DNSZoneRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "zonename") + columns(.int8, "serial") + columns(.int4, "count"),
            rows: zones.map { [$0.zonename, "\($0.serial)", "\($0.count)"] })
    }
}
