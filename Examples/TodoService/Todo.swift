import Hummingbird

/// A to-do item. Columns and JSON members have the same names, so `Codable` decodes the former and encodes the latter.
struct Todo: Codable, Sendable, ResponseEncodable {
    var id: Int
    var title: String
    var done: Bool
}

/// The content of a request that creates or changes an item.
struct TodoDraft: Decodable, Sendable {
    var title: String?
    var done: Bool?
}

/// The number of items that were finished.
struct Finished: Codable, Sendable, ResponseEncodable {
    var finished: Int
}
