extension ServiceFile {
    /// Where libpq looks for a service.
    public struct Search: Hashable, Sendable {
        /// The service's name; may be empty, which names the section `[]`.
        public let service: String
        /// Files to read, in this order. Those that do not exist are left out.
        public let paths: [String]
        /// A file that has to exist: the one that `PGSERVICEFILE` names.
        public let requiredPath: String?
    }

    /// Which files would have to be read for a connection string; `nil` if neither it nor `PGSERVICE` names a service.
    ///
    /// The file of `PGSERVICEFILE`, or else `~/.pg_service.conf`; then `pg_service.conf` in the directory of
    /// `PGSYSCONFDIR`, or else the system's.
    public static func search(for string: ConnectionString, in environment: ClientEnvironment) -> Search? {
        guard let service = string[.service] ?? environment.variables["PGSERVICE"] else { return nil }
        let required = environment.variables["PGSERVICEFILE"]
        let own = required ?? environment.home(".pg_service.conf")
        let system = environment.variables["PGSYSCONFDIR"] ?? environment.systemDirectory
        return Search(
            service: service, paths: (own.map { [$0] } ?? []) + ["\(system)/pg_service.conf"], requiredPath: required)
    }
}

extension ServiceFile.Search {
    /// What the first of these files that knows the service says about it.
    ///
    /// - Throws: ``ServiceFileError``, also if none knows it.
    func options(in files: [ServiceFile]) throws(ServiceFileError) -> [ConnectionString.Option] {
        if let requiredPath, !files.contains(where: { $0.path == requiredPath }) { throw .fileNotFound(requiredPath) }
        for file in files {
            if let options = try file.options(of: service) { return options }
        }
        throw .serviceNotFound(service)
    }
}
