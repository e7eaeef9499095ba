/// Comparison whose duration does not tell where two secrets differ.
package enum ConstantTime {
    /// Whether both hold the same bytes. Only the lengths, which are never secret here, may shorten the work.
    ///
    /// Not inlined, so that no caller's knowledge of an operand lets the optimiser end the loop early.
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
