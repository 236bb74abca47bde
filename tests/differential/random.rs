//! Numbers that look random and are the same each time.

/// A stream of numbers (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    pub(super) fn length(&mut self, range: std::ops::Range<usize>) -> usize {
        range.start + usize::try_from(self.below(range.len() as u64)).unwrap_or(0)
    }

    /// Once in `times`.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn one_of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.length(0..from.len())]
    }

    /// 64 bits: small ones, large ones, and those at the edges.
    pub(super) fn bits(&mut self) -> u64 {
        match self.below(6) {
            0 => self.below(8),
            1 => self.below(8).wrapping_neg(),
            2 => 1 << self.below(64),
            3 => (1_u64 << self.below(64)).wrapping_sub(1),
            4 => 0xdead_beef_0000_0000 | self.below(300),
            _ => self.next(),
        }
    }
}
