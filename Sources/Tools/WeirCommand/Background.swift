import Foundation
import Glibc
import Pooler

/// Runs the pooler in the background (`-d`).
///
/// A process with threads must not `fork`, so the program is started again in a new session. The new process keeps the
/// terminal, where its errors are seen, until it serves; then it tells its parent, which ends.
enum Background {
    /// Starts the process in the background and waits until it serves or has failed; returns the exit code.
    static func start(_ invocation: ServeInvocation) throws(StartupError) -> Int32 {
        var pair: [Int32] = [-1, -1]
        guard unsafe pipe(&pair) == 0 else { throw StartupError("pipe failed: \(lastSystemError())") }
        let ends = (read: pair[0], write: pair[1])
        _ = fcntl(ends.read, F_SETFD, FD_CLOEXEC)

        let command =
            [invocation.program] + (invocation.isPgBouncer ? [] : ["serve"])
            + ["--\(ServeArguments.readyOption)=\(ends.write)"] + invocation.words
        let child = try spawnAgain(command)
        close(ends.write)
        if readByte(ends.read) != nil { return 0 }

        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        let code = (status >> 8) & 0xff
        return status & 0x7f == 0 && code != 0 ? code : 1
    }

    /// Closes the terminal and tells the parent that it may end.
    static func detach(tellingParent descriptor: Int32) {
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        if nothing >= 0 {
            for standard in 0...2 as ClosedRange<Int32> { _ = dup2(nothing, standard) }
            if nothing > 2 { close(nothing) }
        }
        var byte: UInt8 = 1
        _ = unsafe write(descriptor, &byte, 1)
        close(descriptor)
    }

    private static func spawnAgain(_ command: [String]) throws(StartupError) -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // POSIX_SPAWN_SETSID of glibc's <spawn.h>, which Swift does not see because it is an extension.
        unsafe posix_spawnattr_setflags(&attributes, 0x80)

        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { for unsafe argument in unsafe arguments { unsafe free(argument) } }
        var child = pid_t()
        let outcome = unsafe posix_spawn(&child, ownProgram(command[0]), nil, &attributes, &arguments, environ)
        guard outcome == 0 else {
            errno = outcome
            throw StartupError("fork failed: \(lastSystemError())")
        }
        return child
    }

    /// The path of the program, by the name under which it was called if it can be found: `ps` and `pgrep` show it.
    private static func ownProgram(_ name: String) -> String {
        let real = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe"
        let folders =
            name.contains("/") ? [] : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
        return candidates.first { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path == real } ?? real
    }
}
