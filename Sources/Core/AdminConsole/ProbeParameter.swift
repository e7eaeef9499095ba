/// A run-time parameter that clients ask for, or set, before they look where they are.
///
/// The console answers SHOW with a fixed value, accepts SET and ignores it.
package enum ProbeParameter: String, CaseIterable, Hashable, Sendable {
    case clientEncoding = "client_encoding"
    case defaultTransactionIsolation = "default_transaction_isolation"
    case standardConformingStrings = "standard_conforming_strings"
    case dateStyle = "datestyle"
    case timeZone = "timezone"

    /// - Parameter name: in any letter case.
    package init?(named name: String) {
        guard let parameter = Self.allCases.first(where: { $0.rawValue.equalsIgnoringCase(name) }) else { return nil }
        self = parameter
    }

    package var value: String {
        switch self {
        case .clientEncoding: "UTF-8"
        case .defaultTransactionIsolation: "read committed"
        case .standardConformingStrings: "on"
        case .dateStyle: "ISO"
        case .timeZone: "GMT"
        }
    }
}
