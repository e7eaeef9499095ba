import PoolerConfig

/// The settings that every transaction asks for. A worker keeps them apart from its ``LiveConfiguration``, because each
/// look into that one would retain it.
struct TrafficSettings {
    let maxPacketSize: Int
    let disablesPqexec: Bool
    let closesServersFast: Bool
    /// A server that leaves a session is reset.
    let resetsSessions: Bool
    /// So is every other server that comes back.
    let resetsAlways: Bool

    init(_ settings: PoolerSettings) {
        maxPacketSize = settings.maxPacketSize
        disablesPqexec = settings.disablePqexec
        closesServersFast = settings.serverFastClose
        resetsSessions = !settings.serverResetQuery.isEmpty
        resetsAlways = resetsSessions && settings.serverResetQueryAlways
    }
}
