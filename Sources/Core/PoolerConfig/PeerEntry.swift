/// One line of `[peers]`: another pooler to which cancel requests are passed on.
package struct PeerEntry: Hashable, Sendable {
    /// 1…65535 in the file; only 1…16383 fit in a cancel key.
    package var id: Int
    package var host: Host
    /// Default 6432.
    package var port = 6432
    /// `nil` means `default_pool_size`.
    package var poolSize: Int?

    package init(id: Int, host: Host) { (self.id, self.host) = (id, host) }
}
