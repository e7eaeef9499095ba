import Glibc
package import PGConnInfo

extension ClientEnvironment {
    /// The environment of this process, as libpq would read it.
    ///
    /// The directory of Unix sockets is Debian's, or PostgreSQL's own default, `/tmp`, if that does not exist.
    package static var process: ClientEnvironment {
        let user = SystemUser.current
        return ClientEnvironment(
            variables: processVariables, systemUser: user?.name, homeDirectory: user?.home,
            socketDirectory: LocalFile.exists(debianSocketDirectory) ? debianSocketDirectory : "/tmp")
    }

    private static let debianSocketDirectory = "/var/run/postgresql"

    /// The environment variables. Of two with the same name the first counts, as for getenv(3).
    private static var processVariables: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let words = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if words.count == 2, variables[String(words[0])] == nil { variables[String(words[0])] = String(words[1]) }
            unsafe entry += 1
        }
        return variables
    }
}
