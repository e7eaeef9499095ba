/// AuthMessage of RFC 5802 section 3, which both sides sign.
package enum ScramTranscript {
    package static func join(_ clientFirstBare: [UInt8], _ serverFirst: [UInt8], _ finalWithoutProof: [UInt8])
        -> [UInt8]
    {
        let comma = UInt8(ascii: ",")
        var text: [UInt8] = []
        text.reserveCapacity(clientFirstBare.count + serverFirst.count + finalWithoutProof.count + 2)
        text += clientFirstBare
        text.append(comma)
        text += serverFirst
        text.append(comma)
        text += finalWithoutProof
        return text
    }
}
