/// All values between two bounds: PostgreSQL's range types.
///
/// PostgreSQL brings ranges of whole numbers and days into the form `[1,5)`, so that `Range<Int>` fits them; ranges of
/// other types keep their bounds. Source: PostgreSQL, rangetypes.html
public enum PostgresRange<Bound> {
    /// Holds nothing.
    case empty
    /// From a lower to an upper end.
    case between(lower: End, upper: End)

    /// An end of a range.
    public enum End {
        /// There is none.
        case unbounded
        /// The bound itself belongs to the range.
        case inclusive(Bound)
        /// The bound itself does not belong to the range.
        case exclusive(Bound)

        /// The bound, if there is one.
        public var bound: Bound? {
            switch self {
            case .unbounded: nil
            case .inclusive(let bound), .exclusive(let bound): bound
            }
        }

        @usableFromInline var isInclusive: Bool { if case .inclusive = self { true } else { false } }
    }
}

extension PostgresRange.End: Decodable where Bound: Decodable {}
extension PostgresRange.End: Encodable where Bound: Encodable {}
extension PostgresRange: Decodable where Bound: Decodable {}
extension PostgresRange: Encodable where Bound: Encodable {}

extension PostgresRange.End: Sendable where Bound: Sendable {}
extension PostgresRange.End: Equatable where Bound: Equatable {}
extension PostgresRange.End: Hashable where Bound: Hashable {}
extension PostgresRange: Sendable where Bound: Sendable {}
extension PostgresRange: Equatable where Bound: Equatable {}
extension PostgresRange: Hashable where Bound: Hashable {}

extension PostgresRange where Bound: Comparable {
    /// From the lower bound up to, but without, the upper.
    @inlinable
    public init(_ range: Range<Bound>) {
        self =
            range.isEmpty ? .empty : .between(lower: .inclusive(range.lowerBound), upper: .exclusive(range.upperBound))
    }

    /// From the lower bound up to the upper.
    @inlinable
    public init(_ range: ClosedRange<Bound>) {
        self = .between(lower: .inclusive(range.lowerBound), upper: .inclusive(range.upperBound))
    }

    /// Whether the value lies in the range.
    public func contains(_ value: Bound) -> Bool {
        guard case .between(let lower, let upper) = self else { return false }
        let isAbove = lower.bound.map { lower.isInclusive ? value >= $0 : value > $0 } ?? true
        let isBelow = upper.bound.map { upper.isInclusive ? value <= $0 : value < $0 } ?? true
        return isAbove && isBelow
    }
}
