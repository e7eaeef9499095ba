package import PGConnInfo

extension ConnectionOptions {
    /// Creates options as libpq does before it connects: from a string, the service file, the environment and the
    /// password file.
    ///
    /// - Parameter warn: called with a sentence for each file that is ignored, in the words that libpq writes to
    ///   standard error.
    /// - Throws: ``ConnectionOptionsError``
    package init(
        reading string: ConnectionString, environment: ClientEnvironment, warn: (String) -> Void
    ) throws(ConnectionOptionsError) {
        let files = ServiceFile.files(for: string, in: environment)
        try self.init(string, environment: environment, serviceFiles: files)
        readPasswords(warn: warn)
    }

    /// Looks up missing passwords in the password file, if only its owner can read it.
    package mutating func readPasswords(warn: (String) -> Void) {
        guard let path = passwordFile, let facts = LocalFile.facts(path) else { return }
        if let objection = facts.objectionAsPasswordFile { return warn(objection) }
        guard let bytes = LocalFile.bytes(path) else { return }
        takePasswords(from: bytes)
    }
}

extension ServiceFile {
    /// Returns the files that may contain the service that a string names; missing files are left out.
    package static func files(for string: ConnectionString, in environment: ClientEnvironment) -> [ServiceFile] {
        (search(for: string, in: environment)?.paths ?? []).compactMap { path in
            LocalFile.bytes(path).map { ServiceFile(path: path, bytes: $0) }
        }
    }
}
