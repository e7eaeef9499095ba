import CLinux
import Glibc

/// Turns the process's signals into commands.
///
/// They are blocked in every thread and read from a descriptor by one: no code runs inside a handler. sigwait would
/// unblock them while it waits, and take SIGUSR1 from Swift's crash handler, which stops threads with it and would wait
/// for ever instead of ending the process.
package enum Signals {
    private static let handled = [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2]

    /// Blocks the signals that the pooler handles. Call before any other thread is started: threads inherit it.
    package static func block() {
        var set = handledSet
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Forwards the signals, pending ones first.
    ///
    /// - Returns: false when the thread that does so could not be started.
    static func forward(to commands: CommandPipe) -> Bool {
        block()
        var set = handledSet
        let descriptor = unsafe signalfd(-1, &set, WEIR_SIGNALFD_FLAGS)
        return PosixThread.start("weir-signals") {
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
