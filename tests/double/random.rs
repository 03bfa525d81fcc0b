//! Chance that can be repeated: splitmix64 is a counter that goes on by [`STEP`], and [`mix`].

/// How far the counter goes for each lot.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Maps every number to another one, and neighbours far apart.
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
