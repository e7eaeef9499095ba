import PoolerConfig
import RelayCore

/// The settings that every transaction asks for. A worker keeps them apart from its ``LiveConfiguration``, because each
/// look into that one would retain it.
struct TrafficSettings {
    let maxPacketSize: Int
    let disablesPqexec: Bool
    let closesServersFast: Bool
    let resetPolicy: ResetPolicy
    /// Named prepared statements do not follow their client to another server, where the same name may stand for the
    /// statement of another client. Only `max_prepared_statements = 0` passes them on all the same.
    let refusesNamedStatements: Bool

    init(_ settings: PoolerSettings) {
        maxPacketSize = settings.maxPacketSize
        disablesPqexec = settings.disablePqexec
        closesServersFast = settings.serverFastClose
        resetPolicy =
            settings.serverResetQuery.isEmpty ? .never : settings.serverResetQueryAlways ? .always : .afterSession
        refusesNamedStatements = settings.maxPreparedStatements != 0
    }
}

extension PoolMode {
    var scope: LinkScope {
        switch self {
        case .session: .session
        case .transaction: .transaction
        case .statement: .statement
        }
    }
}
