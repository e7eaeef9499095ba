import CLinux
import Glibc

/// A child process.
struct ChildProcess {
    /// The exit status or signal of a program.
    struct Ending: Hashable, CustomStringConvertible {
        let raw: Int32

        var isSuccess: Bool { raw == 0 }

        var description: String {
            let signal = raw & 0x7f
            return signal == 0 ? "exit status \((raw >> 8) & 0xff)" : "ended by signal \(signal)"
        }
    }

    let process: pid_t

    /// `POSIX_SPAWN_SETSID` from glibc's <spawn.h>, which Swift does not import because it is an extension.
    private static let spawnInNewSession: Int32 = 0x80

    /// Starts `command` (a path and its arguments) in a new session.
    ///
    /// Because of the session, Ctrl-C on the terminal does not reach it: weir decides when PostgreSQL stops. Standard
    /// input is empty, both outputs go to `output`, and variables about PostgreSQL (`PGDATA`, `PGPORT`, …) are not
    /// passed on, because they refer to another server.
    static func start(_ command: [String], output: Int32) throws(DevPostgresError) -> ChildProcess {
        guard let program = command.first else { preconditionFailure("a command has a program") }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        // The program inherits no other descriptor: while it held a copy of a socket, the peer would never see it
        // close.
        _ = unsafe weir_spawn_close_from(&actions, 3)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // This process's threads may block signals that PostgreSQL's programs rely on.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        let flags = spawnInNewSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var process = pid_t()
        let outcome = unsafe withCStrings(command) { arguments in
            unsafe withCStrings(environmentForPostgres()) { variables in
                unsafe posix_spawn(&process, program, &actions, &attributes, arguments, variables)
            }
        }
        guard outcome == 0 else {
            throw .programFailed(program, status: "could not be started", output: systemError(outcome))
        }
        return ChildProcess(process: process)
    }

    /// Runs a program to its end and returns its output on both descriptors.
    static func run(_ command: [String]) throws(DevPostgresError) -> (ending: Ending, output: String) {
        var pair: [Int32] = [-1, -1]
        guard unsafe pipe(&pair) == 0 else {
            throw .programFailed(command.first ?? "", status: "could not be started", output: lastSystemError())
        }
        let ends = (read: pair[0], write: pair[1])
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends.read) }
        let child: ChildProcess
        do throws(DevPostgresError) {
            child = try start(command, output: ends.write)
            close(ends.write)
        } catch {
            close(ends.write)
            throw error
        }
        let output = readAll(ends.read)
        return (child.wait(), output)
    }

    /// Waits for the program to end.
    func wait() -> Ending {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Ending(raw: status)
    }

    /// How the program ended; `nil` while it runs. May be called once after the end.
    func endingIfEnded() -> Ending? {
        var status: Int32 = 0
        return unsafe waitpid(process, &status, WNOHANG) == 0 ? nil : Ending(raw: status)
    }

    func send(_ signal: Int32) {
        kill(process, signal)
    }
}

/// Reads from a descriptor until its end.
private func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}

/// This process's environment without libpq's and the server's variables.
private func environmentForPostgres() -> [String] {
    var variables: [String] = []
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
        let variable = unsafe String(cString: text)
        if !variable.hasPrefix("PG") { variables.append(variable) }
        unsafe entry += 1
    }
    return variables
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { for unsafe pointer in unsafe pointers { unsafe free(pointer) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("the array has its terminator") }
        return unsafe body(start)
    }
}
