/// Comparison whose duration does not reveal where two secrets differ.
package enum ConstantTime {
    /// Whether both contain the same bytes. Only the lengths, which are never secret here, may shorten the work.
    ///
    /// Not inlined, so that the optimizer cannot end the loop early because a caller knows an operand.
    ///
    /// - Complexity: O(*n*)
    @inline(never)
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
