/// All values between two bounds: PostgreSQL's range types.
///
/// PostgreSQL converts ranges of integers and days to the form `[1,5)`, which `Range<Int>` can represent; ranges of
/// other types keep their bounds. Source: PostgreSQL, rangetypes.html
public enum PostgresRange<Bound> {
    /// The empty range.
    case empty
    /// The values from a lower to an upper end.
    case between(lower: End, upper: End)

    /// An end of a range.
    public enum End {
        /// No bound on this side.
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
    /// Creates a range from the lower bound up to, but not including, the upper.
    @inlinable
    public init(_ range: Range<Bound>) {
        self =
            range.isEmpty ? .empty : .between(lower: .inclusive(range.lowerBound), upper: .exclusive(range.upperBound))
    }

    /// Creates a range from the lower bound through the upper.
    @inlinable
    public init(_ range: ClosedRange<Bound>) {
        self = .between(lower: .inclusive(range.lowerBound), upper: .inclusive(range.upperBound))
    }

    /// Whether the range contains the value.
    public func contains(_ value: Bound) -> Bool {
        guard case .between(let lower, let upper) = self else { return false }
        let isAbove = lower.bound.map { lower.isInclusive ? value >= $0 : value > $0 } ?? true
        let isBelow = upper.bound.map { upper.isInclusive ? value <= $0 : value < $0 } ?? true
        return isAbove && isBelow
    }
}
