extension SettingField {
    /// Reads `text` into the field it stands for.
    func write(_ text: String, to settings: inout PoolerSettings, name: String) throws(SettingError) {
        switch self {
        case .text(let path), .path(let path): settings[keyPath: path] = text
        case .optionalText(let path), .optionalPath(let path): settings[keyPath: path] = text
        case .secret(let path): settings[keyPath: path] = Secret(text)
        case .databaseName(let path):
            guard text != "pgbouncer" else { throw .reservedDatabase(text, name: name) }
            settings[keyPath: path] = text
        case .integer(let path, let numbers):
            settings[keyPath: path] = numbers.usable(try integer(text, numbers, name: name))
        case .octal(let path, let numbers):
            settings[keyPath: path] = try integer(text, numbers, name: name) & numbers.range.upperBound
        case .flag(let path):
            settings[keyPath: path] = try integer(text, SettingTable.count, name: name) != 0
        case .seconds(let path):
            guard let duration = Duration(settingSeconds: text) else {
                throw .invalidValue(text, name: name, expected: expectation)
            }
            settings[keyPath: path] = duration
        case .wholeSeconds(let path, let numbers):
            settings[keyPath: path] = .seconds(numbers.usable(try integer(text, numbers, name: name)))
        case .milliseconds(let path, let numbers):
            settings[keyPath: path] = .milliseconds(numbers.usable(try integer(text, numbers, name: name)))
        case .list(let path, let separator): settings[keyPath: path] = separator.split(text)
        case .choice(let choice):
            guard choice.write(&settings, text) else {
                throw .invalidValue(text, name: name, expected: expectation)
            }
        case .checkQuery(let path): settings[keyPath: path] = CheckQuery(text)
        }
    }

    /// The field's value as `SHOW CONFIG` prints it.
    ///
    /// - Parameter written: the text it was read from: a list is printed as it was written, and a number as it was even
    ///   if another one is acted on, as long as the text still means the field's value.
    func read(from settings: PoolerSettings, written: String?) -> String? {
        switch self {
        case .text(let path), .path(let path): return settings[keyPath: path]
        case .optionalText(let path), .optionalPath(let path), .databaseName(let path): return settings[keyPath: path]
        case .secret(let path): return settings[keyPath: path]?.exposedText
        case .integer(let path, let numbers):
            return Self.shown(settings[keyPath: path], written, numbers) { numbers.usable($0) }
        case .octal(let path, let numbers):
            return Self.shown(settings[keyPath: path], written, numbers) { $0 & numbers.range.upperBound }
        case .flag(let path):
            return Self.shown(settings[keyPath: path] ? 1 : 0, written, SettingTable.count) { $0 == 0 ? 0 : 1 }
        case .seconds(let path): return settings[keyPath: path].settingSeconds
        case .wholeSeconds(let path, let numbers):
            let seconds = Int(clamping: settings[keyPath: path].components.seconds)
            return Self.shown(seconds, written, numbers) { numbers.usable($0) }
        case .milliseconds(let path, let numbers):
            let milliseconds = Int(clamping: settings[keyPath: path].settingMicroseconds / 1_000)
            return Self.shown(milliseconds, written, numbers) { numbers.usable($0) }
        case .list(let path, let separator):
            let items = settings[keyPath: path]
            if let written, separator.split(written) == items { return written }
            return items.joined(separator: ",")
        case .choice(let choice): return choice.read(settings)
        case .checkQuery(let path): return settings[keyPath: path].text
        }
    }

    /// Copies the one value this field stands for.
    func copy(from old: PoolerSettings, to new: inout PoolerSettings) {
        switch self {
        case .text(let path), .path(let path): new[keyPath: path] = old[keyPath: path]
        case .optionalText(let path), .optionalPath(let path), .databaseName(let path):
            new[keyPath: path] = old[keyPath: path]
        case .secret(let path): new[keyPath: path] = old[keyPath: path]
        case .integer(let path, _), .octal(let path, _): new[keyPath: path] = old[keyPath: path]
        case .flag(let path): new[keyPath: path] = old[keyPath: path]
        case .seconds(let path), .wholeSeconds(let path, _), .milliseconds(let path, _):
            new[keyPath: path] = old[keyPath: path]
        case .list(let path, _): new[keyPath: path] = old[keyPath: path]
        case .choice(let choice): _ = choice.write(&new, choice.read(old))
        case .checkQuery(let path): new[keyPath: path] = old[keyPath: path]
        }
    }

    /// What the field accepts, to end the sentence "expected …".
    private var expectation: String {
        switch self {
        case .integer(_, let numbers), .wholeSeconds(_, let numbers), .milliseconds(_, let numbers):
            "an integer from \(numbers.range.lowerBound) to \(numbers.range.upperBound)"
        case .octal(_, let numbers):
            "an integer from 0 to 0\(String(numbers.range.upperBound, radix: 8)), in octal with a leading 0"
        case .flag: "0 or 1"
        case .seconds: "a number of seconds, not negative"
        case .choice(let choice): "one of \(choice.names.joined(separator: ", "))"
        case .text, .optionalText, .secret, .databaseName, .path, .optionalPath, .list, .checkQuery: typeName
        }
    }

    /// The number that is shown for `value`, which may have been made from another one.
    private static func shown(
        _ value: Int, _ written: String?, _ numbers: UsableNumbers, _ made: (Int) -> Int
    ) -> String {
        if let number = written.flatMap(Int.init(cLiteral:)).map(numbers.kept), made(number) == value {
            return String(number)
        }
        return String(value)
    }

    private func integer(_ text: String, _ numbers: UsableNumbers, name: String) throws(SettingError) -> Int {
        guard let number = Int(cLiteral: text) else {
            throw .invalidValue(text, name: name, expected: expectation)
        }
        if numbers.refusesOthers, !numbers.range.contains(number) {
            throw .invalidValue(text, name: name, expected: expectation)
        }
        return numbers.kept(number)
    }
}

extension ListSeparator {
    /// The items of a list, without blanks around them and without empty ones.
    func split(_ text: String) -> [String] {
        let utf8 = Array(text.utf8)
        var items: [String] = []
        for part in utf8.split(whereSeparator: { $0 == UInt8(ascii: ",") || (self == .commasAndBlanks && $0.isSpace) })
        {
            let item = part.trimmingSpace()
            if !item.isEmpty { items.append(String(decoding: item, as: UTF8.self)) }
        }
        return items
    }
}
