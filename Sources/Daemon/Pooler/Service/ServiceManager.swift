import Glibc
import IOEngine
import MonotonicTime

/// What systemd, or another service manager with its protocol, is told about the process.
///
/// Messages go to the datagram socket that the environment variable `NOTIFY_SOCKET` names; without it nothing is sent.
///
/// Source: sd_notify(3), "Notes".
enum ServiceManager {
    enum State {
        /// Connections are accepted; also the end of a reload.
        case ready
        case reloading
        case stopping

        /// The message, at a point of CLOCK_MONOTONIC; `Type=notify-reload` needs it to tell reloads apart.
        func message(at now: Instant) -> String {
            switch self {
            case .ready: "READY=1"
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(now.nanoseconds / 1_000)"
            case .stopping: "STOPPING=1"
            }
        }
    }

    /// Sends one message. A message that is not received is no reason to stop.
    static func tell(_ state: State) {
        guard let value = unsafe getenv("NOTIFY_SOCKET") else { return }
        let path = unsafe String(cString: value)
        guard path.hasPrefix("/") || path.hasPrefix("@") else { return }
        PosixSockets.sendDatagram(Array(state.message(at: .now()).utf8), toUnixSocket: path)
    }
}
