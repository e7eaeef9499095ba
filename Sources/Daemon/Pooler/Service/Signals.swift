import CLinux
import Glibc

/// Turns the process's signals into commands.
///
/// They are blocked in every thread and read from a descriptor by one: no code runs inside a handler. Waiting for them
/// with sigwait would unblock them meanwhile, and Swift's crash handler, which stops threads with SIGUSR1, would find
/// its signal swallowed and wait for ever instead of ending the process.
package enum Signals {
    private static let handled = [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2]

    /// Keeps the signals that the pooler handles waiting. Call before any other thread is started: threads inherit it.
    package static func block() {
        var set = handledSet
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Hands on the signals, those that have been waiting first.
    static func forward(to commands: CommandPipe) {
        block()
        var set = handledSet
        let descriptor = unsafe signalfd(-1, &set, WEIR_SIGNALFD_FLAGS)
        PosixThread.start("weir-signals") {
            var info = signalfd_siginfo()
            while true {
                let count = unsafe read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size)
                if count == MemoryLayout<signalfd_siginfo>.size {
                    commands.post(.signal(Int32(info.ssi_signo)))
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    private static var handledSet: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in handled { unsafe sigaddset(&set, number) }
        return set
    }
}
