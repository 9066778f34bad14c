//! The limits of this machine: multiplications, exponentials, GELUs, and memory bandwidth, each
//! as fast as the engine's own vector operations.

use std::hint::black_box;

use ninth_kernels::{InstructionSet, LANES, Lanes, Pool, Simd, math, simd_kernel};

use crate::seconds;

simd_kernel! {
    /// Multiplies and adds in registers, in enough independent chains to hide the latency of
    /// one. Returns the number of multiplications.
    fn multiply_add<'a>(simd, rounds: usize, start: &'a Lanes, end: &'a mut Lanes) -> usize {
        // The chains and two constants have to fit into the registers.
        if S::REGISTERS >= 32 {
            chains::<S, 12>(simd, rounds, start, end)
        } else if S::REGISTERS >= 8 {
            chains::<S, 5>(simd, rounds, start, end)
        } else {
            chains::<S, 2>(simd, rounds, start, end)
        }
    }
}

#[inline(always)]
fn chains<S: Simd, const N: usize>(
    simd: S,
    rounds: usize,
    start: &Lanes,
    end: &mut Lanes,
) -> usize {
    let factor = simd.load(&black_box(Lanes::splat(0.5)));
    let summand = simd.load(start);
    let mut sums = [summand; N];
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = simd.mul_add(*sum, factor, summand);
        }
    }
    let total = sums.into_iter().fold(simd.zero(), |total, sum| simd.add(total, sum));
    simd.store(total, end);
    rounds * N * LANES
}

simd_kernel! {
    /// y = e^x.
    fn exponentials<'a>(simd, x: &'a [Lanes], y: &'a mut [Lanes]) {
        for (x, y) in x.iter().zip(y) {
            simd.store(math::exp(simd, simd.load(x)), y);
        }
    }
}

simd_kernel! {
    /// y = x Phi(x) and its derivative, as in the feed-forward layer.
    fn gelus<'a>(simd, x: &'a [Lanes], y: &'a mut [Lanes], derivative: &'a mut [Lanes]) {
        for ((x, y), derivative) in x.iter().zip(y).zip(derivative) {
            let x = simd.load(x);
            let (cdf, density) = math::normal_cdf_and_density(simd, x);
            simd.store(simd.mul_add(x, density, cdf), derivative);
            simd.store(simd.mul(x, cdf), y);
        }
    }
}

simd_kernel! {
    /// Reads all values. Returns their sum, so that no read is optimised away.
    fn read<'a>(simd, values: &'a [Lanes]) -> f32 {
        let mut sums = [simd.zero(); 8];
        for values in values.chunks_exact(8) {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum = simd.add(*sum, simd.load(value));
            }
        }
        let total = sums.into_iter().fold(simd.zero(), |total, sum| simd.add(total, sum));
        simd.sum(total)
    }
}

simd_kernel! {
    /// Copies all values.
    fn copy<'a>(simd, from: &'a [Lanes], to: &'a mut [Lanes]) {
        for (from, to) in from.chunks_exact(4).zip(to.chunks_exact_mut(4)) {
            for (from, to) in from.iter().zip(to) {
                simd.store(simd.load(from), to);
            }
        }
    }
}

/// Operations per second of all threads together; the best of all measurements.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// Multiplications with an addition.
    pub multiply_adds: f64,
    /// Exponentials, in the L1 cache.
    pub exps: f64,
    /// GELUs with their derivatives, in the L1 cache.
    pub gelus: f64,
}

/// Memory for kernels that must stay in the L1 cache: three times 8 KB.
struct Inner {
    x: Vec<Lanes>,
    y: Vec<Lanes>,
    derivative: Vec<Lanes>,
}

/// Measures rates.
pub struct Machine {
    instruction_set: InstructionSet,
    pool: Pool,
    inner: Vec<Inner>,
    rates: Rates,
}

/// Rounds of a measurement: about half a millisecond, short enough that some of many
/// measurements are not disturbed.
const MULTIPLY_ADD_ROUNDS: usize = 100_000;
/// Repetitions of the kernels in the L1 cache, for as long.
const SWEEPS: usize = 200;

impl Machine {
    /// The machine with `threads` threads.
    pub fn new(threads: usize) -> Self {
        const INNER: usize = 128;
        let inner = || Inner {
            // Between -8 and 8, the usual range of logits and of the inputs of GELU.
            x: (0..INNER).map(|i| Lanes::splat(i as f32 / 8.0 - 8.0)).collect(),
            y: vec![Lanes::ZERO; INNER],
            derivative: vec![Lanes::ZERO; INNER],
        };
        let pool = Pool::new(threads);
        Machine {
            instruction_set: InstructionSet::detect(),
            inner: (0..pool.threads()).map(|_| inner()).collect(),
            pool,
            rates: Rates::default(),
        }
    }

    /// The number of threads.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// The instruction set.
    pub fn instruction_set(&self) -> InstructionSet {
        self.instruction_set
    }

    /// The best rates so far.
    pub fn rates(&self) -> Rates {
        self.rates
    }

    /// Measures all rates once more.
    pub fn measure(&mut self) {
        let instruction_set = self.instruction_set;
        let rate = self.rate(|inner| {
            let Inner { x, y, .. } = inner;
            multiply_add(instruction_set, MULTIPLY_ADD_ROUNDS, &x[0], &mut y[0])
        });
        self.rates.multiply_adds = self.rates.multiply_adds.max(rate);
        let rate = self.rate(|Inner { x, y, .. }| {
            for _ in 0..SWEEPS {
                exponentials(instruction_set, black_box(x), y);
            }
            SWEEPS * LANES * x.len()
        });
        self.rates.exps = self.rates.exps.max(rate);
        let rate = self.rate(|Inner { x, y, derivative }| {
            for _ in 0..SWEEPS {
                gelus(instruction_set, black_box(x), y, derivative);
            }
            SWEEPS * LANES * x.len()
        });
        self.rates.gelus = self.rates.gelus.max(rate);
    }

    /// The sum of what `work` returns on all threads, per second.
    fn rate(&mut self, work: impl Fn(&mut Inner) -> usize + Sync) -> f64 {
        let mut counts = vec![0; self.threads()];
        let (pool, inner) = (&mut self.pool, &mut self.inner);
        let seconds = seconds(|| {
            pool.for_each_with(inner, &mut counts, |inner, _, count| *count = work(inner));
        });
        black_box(&mut self.inner);
        counts.iter().sum::<usize>() as f64 / seconds
    }
}

/// The bandwidth of memory of some size.
#[derive(Clone, Copy, Debug)]
pub struct Bandwidth {
    /// Bytes per thread; a copy reads one half and writes the other.
    pub bytes: usize,
    /// Bytes per second that all threads together read.
    pub read: f64,
    /// Bytes per second that all threads together read and write in a copy.
    pub copy: f64,
}

impl Bandwidth {
    /// Measures `bytes` bytes per thread, and keeps the best of `rounds` rounds.
    pub fn measure(threads: usize, bytes: usize, rounds: usize) -> Self {
        /// Bytes of a measurement: half a millisecond in the L1 cache.
        const AT_LEAST: usize = 32 << 20;
        let (instruction_set, mut pool) = (InstructionSet::detect(), Pool::new(threads));
        let lanes = bytes / size_of::<Lanes>();
        let sweeps = (AT_LEAST / bytes).max(1);
        let mut memory = vec![vec![Lanes::splat(1.0); lanes]; pool.threads()];
        let (mut read_seconds, mut copy_seconds) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            read_seconds = read_seconds.min(seconds(|| {
                pool.for_each(&mut memory, |_, memory| {
                    for _ in 0..sweeps {
                        black_box(read(instruction_set, black_box(memory)));
                    }
                });
            }));
            copy_seconds = copy_seconds.min(seconds(|| {
                pool.for_each(&mut memory, |_, memory| {
                    for _ in 0..sweeps {
                        let (from, to) = black_box(&mut *memory).split_at_mut(lanes / 2);
                        copy(instruction_set, from, to);
                    }
                });
            }));
        }
        let total = (sweeps * lanes * size_of::<Lanes>() * pool.threads()) as f64;
        Bandwidth { bytes, read: total / read_seconds, copy: total / copy_seconds }
    }
}
