/// The two versions the pooler has: its own, and that of the PgBouncer it stands in for.
package enum PoolerVersion {
    package static let weir = "0.1.0"
    /// The PgBouncer whose settings, console and messages are kept.
    package static let compatible = "1.25.2"

    /// The answer to SHOW VERSION and the first line of `weir --version`.
    ///
    /// Monitors read `PgBouncer` and the number after it, and PgBouncer prints the same line in both places.
    package static let banner = "PgBouncer \(compatible) (Weir \(weir))"

    /// What the console reports as `server_version`.
    package static let consoleServerVersion = "\(compatible)/bouncer"
}
