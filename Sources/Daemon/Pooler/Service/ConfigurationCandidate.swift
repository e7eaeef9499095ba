import Glibc
import PGAuth
import PoolerConfig

/// Everything that the configuration and the files it names say, read and checked, but not in force.
///
/// Only a whole candidate is put in force, so a load that fails has changed nothing.
struct ConfigurationCandidate {
    var file: PoolerConfiguration
    var secrets: [String: StoredSecret] = [:]
    /// What is wrong with `auth_file`. PgBouncer starts without it; a reload that finds it so is refused.
    var authFileFaults: [String] = []

    /// Reads the configuration file, what it includes and what it names.
    ///
    /// - Parameter present: the settings in force; those that only a restart changes stay.
    static func load(path: String, present: PoolerSettings? = nil) throws(ConfigurationRefusal)
        -> ConfigurationCandidate
    {
        var file = try readFile(path)
        if let present { file.settings = present.reloaded(with: file.settings) }
        return try ConfigurationCandidate(reading: file)
    }

    /// Checks a configuration and reads the files that it names.
    ///
    /// - Parameter secrets: what `auth_file` says, if it is not to be read again.
    init(reading file: PoolerConfiguration, secrets: [String: StoredSecret]? = nil) throws(ConfigurationRefusal) {
        self.file = file
        var faults = file.settings.tlsFaults
        if faults.isEmpty { faults = file.settings.clientTLSFiles.compactMap(Self.fault(of:)) }
        guard faults.isEmpty else { throw ConfigurationRefusal(faults, kind: .tls) }
        if let objection = UnsupportedSettings.objection(to: file.settings) {
            throw ConfigurationRefusal([objection], kind: .file)
        }
        if let secrets {
            self.secrets = secrets
        } else {
            readSecrets()
        }
    }

    private static func readFile(_ path: String) throws(ConfigurationRefusal) -> PoolerConfiguration {
        do throws(ConfigError) {
            return try PoolerConfiguration.load(path: path) { path throws(FileReader.Failure) in
                do throws(FileReader.Failure) {
                    return try FileReader.bytes(of: path)
                } catch {
                    // PgBouncer takes a folder for an empty file.
                    guard error.number == EISDIR else { throw error }
                    return []
                }
            }
        } catch {
            throw ConfigurationRefusal(error.messages, kind: .file)
        }
    }

    private static func fault(of file: TLSFile) -> String? {
        do throws(FileReader.Failure) {
            return file.isPlausible(try FileReader.bytes(of: file.path))
                ? nil : file.fault("nothing of the kind in PEM")
        } catch {
            return file.fault(error.description)
        }
    }

    /// Reads `auth_file` if log-ins need it.
    private mutating func readSecrets() {
        guard file.settings.authType.usesAuthFile, let path = file.settings.authFile, !path.isEmpty else { return }
        do throws(FileReader.Failure) {
            let list = UserlistFile(parsing: try FileReader.bytes(of: path), file: path)
            authFileFaults = list.warnings.map(\.description)
            secrets = Dictionary(
                list.users.map { ($0.name, StoredSecret($0.secret.exposedBytes)) }, uniquingKeysWith: { $1 })
        } catch {
            authFileFaults = ["could not open auth_file \(path): \(error)"]
        }
    }

    /// Refuses a candidate if its `auth_file` cannot be read to the end: the users in force would be locked out.
    func requireAuthFile() throws(ConfigurationRefusal) {
        guard authFileFaults.isEmpty else { throw ConfigurationRefusal(authFileFaults, kind: .file) }
    }

    var live: LiveConfiguration { LiveConfiguration(file: file, secrets: secrets) }
}

/// Why a configuration cannot be put in force.
struct ConfigurationRefusal: Error, CustomStringConvertible {
    enum Kind {
        case file
        case tls
    }

    /// One line of the log each.
    let causes: [String]
    let kind: Kind

    init(_ causes: [String], kind: Kind) { (self.causes, self.kind) = (causes, kind) }

    var description: String { causes.joined(separator: "; ") }

    /// How PgBouncer ends a start that this prevents.
    var atStart: String { kind == .tls ? "TLS setup failed" : "cannot load config file" }
}
