package import PGConnInfo

extension ConnectionOptions {
    /// Everything libpq would know before it connects: what a string says, completed by the service file, the environment
    /// and the password file.
    ///
    /// - Parameter warn: called with a sentence for each file that is ignored, as libpq writes it to standard error.
    /// - Throws: ``ConnectionOptionsError``
    package init(
        reading string: ConnectionString, environment: ClientEnvironment, warn: (String) -> Void
    ) throws(ConnectionOptionsError) {
        let files = ServiceFile.files(for: string, in: environment)
        try self.init(string, environment: environment, serviceFiles: files)
        readPasswords(warn: warn)
    }

    /// Looks up the passwords that are still missing in the password file, if nobody but its owner may read it.
    package mutating func readPasswords(warn: (String) -> Void) {
        guard let path = passwordFile, let facts = LocalFile.facts(path) else { return }
        if let objection = facts.objectionAsPasswordFile { return warn(objection) }
        guard let bytes = LocalFile.bytes(path) else { return }
        takePasswords(from: bytes)
    }
}

extension ServiceFile {
    /// The files that may know the service a string asks for; those that are not there are left out.
    package static func files(for string: ConnectionString, in environment: ClientEnvironment) -> [ServiceFile] {
        (search(for: string, in: environment)?.paths ?? []).compactMap { path in
            LocalFile.bytes(path).map { ServiceFile(path: path, bytes: $0) }
        }
    }
}
