import Glibc

/// Turns the process's signals into commands.
///
/// They are blocked in every thread, and one thread takes them one by one: no code runs inside a handler.
enum Signals {
    private static let handled = [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2]

    /// Call before any other thread is started: threads inherit what is blocked.
    static func forward(to commands: CommandPipe) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in handled { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        let blocked = set
        PosixThread.start("weir-signals") {
            var set = blocked
            while true {
                var number: Int32 = 0
                guard unsafe sigwait(&set, &number) == 0 else { continue }
                commands.post(.signal(number))
            }
        }
    }
}
