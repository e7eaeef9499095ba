extension AdminCommand {
    /// What the log says when the command is carried out; `nil` for those that pass in silence.
    package var logLine: String? {
        switch self {
        case .show, .showParameter, .set, .setParameter, .killClient: nil
        case .shutdown(.immediate): "SHUTDOWN command issued"
        case .shutdown(.waitForServers): "SHUTDOWN WAIT_FOR_SERVERS command issued"
        case .shutdown(.waitForClients): "SHUTDOWN WAIT_FOR_CLIENTS command issued"
        case .reload, .suspend, .pause, .resume, .kill, .disable, .enable, .reconnect, .waitClose:
            if let database { "\(tag) '\(database)' command issued" } else { "\(tag) command issued" }
        }
    }
}
