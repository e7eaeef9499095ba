/// A protocol version as encoded in the start-up packet: the major version in the upper half, the minor in the lower.
package struct ProtocolVersion: Hashable, Sendable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    package init(code: Int32) {
        let bits = UInt32(bitPattern: code)
        self.init(major: Int(bits >> 16), minor: Int(bits & 0xffff))
    }

    package var code: Int32 { Int32(truncatingIfNeeded: major << 16 | minor) }

    package static let v3_0 = ProtocolVersion(major: 3, minor: 0)
    package static let v3_2 = ProtocolVersion(major: 3, minor: 2)
}
