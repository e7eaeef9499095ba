import PoolerConfig
import RelayCore

/// The settings that every transaction asks for. A worker keeps them apart from its ``LiveConfiguration``, because each
/// look into that one would retain it.
struct TrafficSettings {
    let maxPacketSize: Int
    let disablesPqexec: Bool
    let closesServersFast: Bool
    let resetPolicy: ResetPolicy
    /// Named prepared statements follow their client; with `max_prepared_statements = 0` they are passed on unseen.
    let followsStatements: Bool
    let statements: StatementLimits

    init(_ settings: PoolerSettings) {
        maxPacketSize = settings.maxPacketSize
        disablesPqexec = settings.disablePqexec
        closesServersFast = settings.serverFastClose
        resetPolicy =
            settings.serverResetQuery.isEmpty ? .never : settings.serverResetQueryAlways ? .always : .afterSession
        followsStatements = settings.maxPreparedStatements > 0
        statements = StatementLimits(
            perServer: settings.maxPreparedStatements, answersErrors: settings.followSession != .off)
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
