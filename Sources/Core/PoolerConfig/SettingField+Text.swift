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
        case .integer(let path, let range), .octal(let path, let range):
            settings[keyPath: path] = try integer(text, in: range, name: name)
        case .flag(let path):
            settings[keyPath: path] = try integer(text, in: Int(Int32.min)...Int(Int32.max), name: name) != 0
        case .seconds(let path):
            guard let duration = Duration(settingSeconds: text) else {
                throw .invalidValue(text, name: name, expected: expectation)
            }
            settings[keyPath: path] = duration
        case .wholeSeconds(let path, let range):
            settings[keyPath: path] = .seconds(try integer(text, in: range, name: name))
        case .milliseconds(let path, let range):
            settings[keyPath: path] = .milliseconds(try integer(text, in: range, name: name))
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
    /// - Parameter written: the text it was read from: a list is printed as it was written, and a flag as the number
    ///   it was, as long as that still says the same.
    func read(from settings: PoolerSettings, written: String?) -> String? {
        switch self {
        case .text(let path), .path(let path): return settings[keyPath: path]
        case .optionalText(let path), .optionalPath(let path), .databaseName(let path): return settings[keyPath: path]
        case .secret(let path): return settings[keyPath: path]?.exposedText
        case .integer(let path, _), .octal(let path, _): return String(settings[keyPath: path])
        case .flag(let path):
            let isOn = settings[keyPath: path]
            if let number = written.flatMap(Int.init(cLiteral:)), (number != 0) == isOn { return String(number) }
            return isOn ? "1" : "0"
        case .seconds(let path): return settings[keyPath: path].settingSeconds
        case .wholeSeconds(let path, _): return String(settings[keyPath: path].components.seconds)
        case .milliseconds(let path, _): return String(settings[keyPath: path].settingMicroseconds / 1_000)
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
        case .integer(_, let range), .wholeSeconds(_, let range), .milliseconds(_, let range):
            "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .octal(_, let range):
            "an integer from 0 to 0\(String(range.upperBound, radix: 8)), in octal with a leading 0"
        case .flag: "0 or 1"
        case .seconds: "a number of seconds, not negative"
        case .choice(let choice): "one of \(choice.names.joined(separator: ", "))"
        case .text, .optionalText, .secret, .databaseName, .path, .optionalPath, .list, .checkQuery: typeName
        }
    }

    private func integer(_ text: String, in range: ClosedRange<Int>, name: String) throws(SettingError) -> Int {
        guard let value = Int(cLiteral: text), range.contains(value) else {
            throw .invalidValue(text, name: name, expected: expectation)
        }
        return value
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
