extension ServiceFile {
    /// A service and the files to look it up in.
    public struct Search: Hashable, Sendable {
        /// The service's name; an empty one refers to the section `[]`.
        public let service: String
        /// The files to read, in this order. Those that do not exist are skipped.
        public let paths: [String]
        /// The file that `PGSERVICEFILE` names, which must exist.
        public let requiredPath: String?
    }

    /// The files to read for a connection string; `nil` if neither it nor `PGSERVICE` names a service.
    ///
    /// The file of `PGSERVICEFILE`, or else `~/.pg_service.conf`; then `pg_service.conf` in the directory of
    /// `PGSYSCONFDIR`, or else in the system's.
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
    /// The options of the service, from the first file that defines it.
    ///
    /// - Throws: ``ServiceFileError``, also if no file defines it.
    func options(in files: [ServiceFile]) throws(ServiceFileError) -> [ConnectionString.Option] {
        if let requiredPath, !files.contains(where: { $0.path == requiredPath }) { throw .fileNotFound(requiredPath) }
        for file in files {
            if let options = try file.options(of: service) { return options }
        }
        throw .serviceNotFound(service)
    }
}
