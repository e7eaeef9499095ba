import Hummingbird

/// One thing to do. Columns and members of the JSON have the same names, so `Codable` reads the one and writes the other.
struct Todo: Codable, Sendable, ResponseEncodable {
    var id: Int
    var title: String
    var done: Bool
}

/// What a client sends to make or change one.
struct TodoDraft: Decodable, Sendable {
    var title: String?
    var done: Bool?
}

/// How many were finished.
struct Finished: Codable, Sendable, ResponseEncodable {
    var finished: Int
}
