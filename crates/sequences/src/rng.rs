//! Reproducible random numbers: SplitMix64.
//!
//! The generator is written out here, so that a sample does not depend on the version
//! of a crate. Algorithm and constants: G. L. Steele, D. Lea, C. H. Flood, "Fast
//! splittable pseudorandom number generators", OOPSLA 2014, in the form of S. Vigna's
//! public-domain `splitmix64.c` (<https://prng.di.unimi.it/splitmix64.c>).

/// The increment of the state: the golden ratio in 64 bits.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64: the state is a counter, the output a hash of it.
///
/// ```
/// use ninth_sequences::Rng;
///
/// // The generator of sample 7 of stream 0 under seed 42, whatever was drawn before.
/// let mut rng = Rng::for_sample(42, 0, 7);
/// assert!(rng.below(6) < 6);
/// assert!((0.0..1.0).contains(&rng.unit()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The reference generator, started from `seed` as it is.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The generator of one sample: a pure function of the three numbers.
    ///
    /// Each number is mixed in by a bijection of the state, so for a fixed seed and
    /// stream no two indices share a state.
    pub const fn for_sample(seed: u64, stream: u64, index: u64) -> Self {
        Self::for_stream(seed, stream).at(index)
    }

    /// The common part of the generators of all samples of a stream, for [`at`](Self::at).
    pub(crate) const fn for_stream(seed: u64, stream: u64) -> Self {
        let state = mix(seed.wrapping_add(GAMMA));
        Self { state: mix((state ^ stream).wrapping_add(GAMMA)) }
    }

    /// The generator of sample `index`, from that of its stream.
    pub(crate) const fn at(&self, index: u64) -> Self {
        Self { state: mix((self.state ^ index).wrapping_add(GAMMA)) }
    }

    /// The next 64 random bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// A uniform integer in `0..n`; 0 when `n` is 0.
    ///
    /// The high half of `n` times 64 random bits (D. Lemire, "Fast random integer
    /// generation in an interval", 2019) without its rejection step: the
    /// probabilities differ from `1 / n` by less than `2^-64`, for `n` up to a million by
    /// a relative `2^-44`.
    pub const fn below(&mut self, n: u64) -> u64 {
        ((self.next_u64() as u128 * n as u128) >> 64) as u64
    }

    /// A uniform number in `[0, 1)`, a multiple of `2^-53`.
    pub const fn unit(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * SCALE
    }

    /// A uniform number in `[-limit, limit)`, for the initial weights of a model.
    pub const fn uniform_f32(&mut self, limit: f32) -> f32 {
        // 24 bits less half their span: exact in f32, in -1 ..= 1 - 2^-23.
        const HALF: i64 = 1 << 23;
        let centred = (self.next_u64() >> 40) as i64 - HALF;
        centred as f32 / HALF as f32 * limit
    }
}

/// Stafford's mix 13: a bijection of 64 bits in which every input bit matters.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of `splitmix64.c`, as published with other implementations.
    #[test]
    fn reference_vectors() {
        let first = |seed| {
            let mut rng = Rng::new(seed);
            [rng.next_u64(), rng.next_u64(), rng.next_u64(), rng.next_u64()]
        };
        assert_eq!(
            first(0),
            [
                0xE220_A839_7B1D_CDAF,
                0x6E78_9E6A_A1B9_65F4,
                0x06C4_5D18_8009_454F,
                0xF88B_B8A8_724C_81EC,
            ]
        );
        assert_eq!(
            first(1_234_567),
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
            ]
        );
    }

    #[test]
    fn samples_differ_in_every_number() {
        let first = |seed, stream, index| Rng::for_sample(seed, stream, index).next_u64();
        let reference = first(1, 2, 3);
        assert_eq!(reference, first(1, 2, 3));
        assert!(
            [first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(2, 1, 3), first(1, 3, 2)]
                .iter()
                .all(|&other| other != reference)
        );
    }

    #[test]
    fn below_is_uniform_and_bounded() {
        let mut rng = Rng::new(7);
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[rng.below(10) as usize] += 1;
        }
        // Five standard deviations of a binomial of mean 10,000.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 475), "{counts:?}");
    }

    #[test]
    fn real_numbers_keep_to_their_intervals() {
        let mut rng = Rng::new(9);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..100_000 {
            let unit = rng.unit();
            assert!((0.0..1.0).contains(&unit));
            let weight = rng.uniform_f32(0.3);
            assert!((-0.3..0.3).contains(&weight));
            sum += f64::from(weight);
            squares += f64::from(weight) * f64::from(weight);
        }
        assert!((sum / 1e5).abs() < 3e-3);
        assert!((squares / 1e5 - 0.03).abs() < 5e-4); // limit^2 / 3
    }
}
