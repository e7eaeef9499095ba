import PGConnInfo
import Testing

@Suite("The answers of libpq 18 about a hundred thousand strings", .enabled(if: LibpqAnswers.path != nil))
struct LibpqAnswersTests {
    @Test func everyStringIsParsedAlike() throws {
        let rows = try LibpqAnswers.rows("parse")
        #expect(rows.count > 1000)
        var differences: [String] = []
        for row in rows {
            let input = try #require(row[0])
            if let difference = difference(input, row[1], row[2]) {
                differences.append("\(LibpqAnswers.shown(input)): \(difference)")
            }
        }
        expectNone(differences)
    }

    @Test func everyStringConnectsWithTheSameOptions() throws {
        let rows = try LibpqAnswers.rows("complete")
        #expect(rows.count > 100)
        var differences: [String] = []
        for row in rows {
            let shown = row.prefix(3).map { LibpqAnswers.shown($0 ?? []) }.joined(separator: "\n  ")
            let answer = try completed(row)
            let table = row[3].map {
                LibpqAnswers.pairs($0).map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }
            }
            switch (answer, table) {
            case (.success(let ours), let theirs?) where ours == theirs: break
            case (.failure(let error), nil)
            where error.message.utf8.elementsEqual(row[4] ?? []): break
            default:
                let theirs = table?.description ?? String(decoding: row[4] ?? [], as: UTF8.self)
                differences.append("\(shown)\n  we say \(answer)\n  libpq  \(theirs)")
            }
        }
        expectNone(differences)
    }

    @Test func everyPasswordFileHasTheSamePasswords() throws {
        let rows = try LibpqAnswers.rows("password")
        #expect(rows.count > 100)
        var differences: [String] = []
        for row in rows {
            let (input, file) = try (#require(row[0]), #require(row[1]))
            var options = try ConnectionOptions(ConnectionString(bytes: input), environment: ClientEnvironment())
            options.takePasswords(from: file)
            let ours = options.hosts.last?.password?.bytes ?? []
            if ours != row[2] {
                differences.append(
                    [input, file, ours, row[2] ?? []].map(LibpqAnswers.shown).joined(separator: "\n  "))
            }
        }
        expectNone(differences)
    }

    /// The options of a connection, in the form of libpq's table of options.
    private func completed(_ row: [[UInt8]?]) throws -> Result<[String], ConnectionOptionsError> {
        var variables = ["PGSERVICEFILE": "services", "PGSYSCONFDIR": "none", "HOME": "/home/ann"]
        for (name, value) in LibpqAnswers.pairs(try #require(row[1])) {
            variables[name] = String(decoding: value, as: UTF8.self)
        }
        let string = try ConnectionString(bytes: #require(row[0]))
        let services = ServiceFile(path: "services", bytes: try #require(row[2]))
        let systemUser = LibpqAnswers.systemUser
        return Result { () throws(ConnectionOptionsError) in
            let options = try ConnectionOptions(
                string, environment: ClientEnvironment(variables: variables, systemUser: systemUser),
                serviceFiles: [services])
            return words(options)
        }
    }

    private func words(_ options: ConnectionOptions) -> [String] {
        let filledIn: [ConnectionString.Keyword: String?] = [
            .user: options.user, .dbname: options.dbname, .sslcertmode: options.tls.certificateMode.rawValue,
            .passfile: options.passwordFile ?? options.settings[.passfile],
        ]
        return ConnectionString.Keyword.allCases.compactMap { keyword in
            let value = filledIn[keyword] ?? options.settings[keyword]
            return value.map { "\(keyword.rawValue)=\($0)" }
        }
    }

    private func expectNone(_ differences: [String]) {
        let count = differences.count
        #expect(count == 0, "\(differences.prefix(5).joined(separator: "\n"))")
    }

    private func difference(_ input: [UInt8], _ table: [UInt8]?, _ error: [UInt8]?) -> String? {
        do throws(ConnInfoError) {
            let ours = try ConnectionString(bytes: input).options
            guard let table else { return "we take it" }
            let theirs = LibpqAnswers.pairs(table)
            let isSame = ours.elementsEqual(theirs) {
                $0.keyword.rawValue == $1.name && $0.value.utf8.elementsEqual($1.value)
            }
            return isSame ? nil : "we say \(ours)"
        } catch let refusal {
            return difference(refusing: refusal, table, theirs: error)
        }
    }

    private func difference(refusing ours: ConnInfoError, _ table: [UInt8]?, theirs: [UInt8]?) -> String? {
        if let table {
            let isUTF8 = LibpqAnswers.pairs(table).allSatisfy { String(validating: $0.value, as: UTF8.self) != nil }
            if case .invalidUTF8 = ours, !isUTF8 { return nil }
            return "we say \(ours), libpq takes it"
        }
        var message = String(decoding: theirs ?? [], as: UTF8.self)
        if case .unexpectedCharacter(let character, _, _) = ours, !character.isASCII {
            message.replace("\"\u{FFFD}\"", with: "\"\(character)\"", maxReplacements: 1)  // libpq shows its first byte
        }
        return LibpqAnswers.isSame(ours.message, as: message) ? nil : "we say \(ours.message), libpq \(message)"
    }
}
