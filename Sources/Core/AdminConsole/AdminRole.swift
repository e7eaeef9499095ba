/// The rights of a console user.
///
/// - Configuration: `admin_users` and `stats_users`.
package enum AdminRole: Hashable, Sendable {
    case admin
    /// May look, but neither change anything nor run SHOW FDS, which tells passwords and cancel keys.
    case stats

    package func permits(_ command: AdminCommand) -> Bool {
        switch command {
        case .show(.fds): self == .admin
        case .show, .showParameter, .setParameter: true
        default: self == .admin
        }
    }
}
