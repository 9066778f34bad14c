//! The points of a search: combinations of values, all of them or some that are drawn.

use std::collections::HashSet;

use ninth_sequences::Rng;

use super::super::base::PlannedBase;
use super::super::results::PassedOver;
use super::axis::{AxisValue, SearchAxis};
use super::error::SearchError;
use ninth_training::Config;

/// The most points of a search.
pub const MOST_POINTS: usize = 10_000;

/// The points of the Sobol sequence.
const SOBOL_POINTS: usize = 1 << 16;

/// The stream of the generator that points are drawn with. Numbers below 2^32 are of sequences.
const STREAM: u64 = 0x706F_696E_7473;

/// How the points of a search are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchMethod {
    /// All combinations of the values.
    Grid,
    /// So many points drawn at random.
    Random(usize),
    /// So many points of a scrambled Sobol sequence, which fill the space evenly.
    Sobol(usize),
}

impl SearchMethod {
    /// Its name, that of the option of the command.
    pub const fn name(self) -> &'static str {
        match self {
            SearchMethod::Grid => "grid",
            SearchMethod::Random(_) => "random",
            SearchMethod::Sobol(_) => "sobol",
        }
    }
}

/// A point: a value of each axis.
#[derive(Clone, Debug)]
pub(super) struct SearchPoint {
    /// `learning_rate.peak=0.00312 activation=relu`
    pub name: String,
    /// Its whole training.
    pub config: Config,
}

/// The points of a search.
#[derive(Clone, Debug, Default)]
pub(super) struct SearchPoints {
    /// Those to be trained, all different.
    pub points: Vec<SearchPoint>,
    /// The name of the point that comes out as the base, if there is one.
    pub base: Option<String>,
    /// Of a grid, the points that are refused, with the reasons.
    pub refused: Vec<(String, String)>,
    /// How many are left out.
    pub passed_over: PassedOver,
}

/// Collects points.
struct Collector<'a> {
    base: &'a PlannedBase,
    /// The texts of the configs there are.
    known: HashSet<String>,
    found: SearchPoints,
    last_refusal: Option<String>,
}

impl<'a> Collector<'a> {
    fn new(base: &'a PlannedBase) -> Self {
        let (known, found) = (HashSet::new(), SearchPoints::default());
        Collector { base, known, found, last_refusal: None }
    }

    /// Takes a point, unless it is refused or there already. Returns the reason of a refusal.
    fn take(&mut self, values: &[AxisValue]) -> Option<(String, String)> {
        let names: Vec<&str> = values.iter().map(|value| value.name.as_str()).collect();
        let name = names.join(" ");
        let assignments: Vec<_> =
            values.iter().flat_map(|value| value.assignments.iter().cloned()).collect();
        let config = match self.base.resolve(&assignments) {
            Ok(config) => config,
            Err(error) => {
                self.found.passed_over.refused += 1;
                self.last_refusal = Some(error.to_string());
                return Some((name, error.to_string()));
            }
        };
        let trained = self.base.compress(&config, None);
        if trained == self.base.config && self.found.base.is_none() {
            self.found.base = Some(name);
        } else if trained == self.base.config || !self.known.insert(trained.to_text(false)) {
            self.found.passed_over.equal += 1;
        } else {
            self.found.points.push(SearchPoint { name, config });
        }
        None
    }
}

/// The points of a search.
///
/// # Errors
///
/// If there are too many, or too few that can be trained.
pub(super) fn points(
    base: &PlannedBase,
    axes: &[SearchAxis],
    method: SearchMethod,
) -> Result<SearchPoints, SearchError> {
    let seed = base.config.seed();
    match method {
        SearchMethod::Grid => grid(base, axes),
        SearchMethod::Random(count) => draw(base, axes, count, |index, axes| {
            let mut rng = Rng::for_sample(seed, STREAM, u64::from(index));
            (0..axes).map(|_| rng.unit()).collect()
        }),
        SearchMethod::Sobol(count) => {
            let most = sobol_burley::NUM_DIMENSIONS as usize;
            if axes.len() > most {
                return Err(SearchError::TooManyAxes { found: axes.len(), most });
            }
            draw(base, axes, count, |index, axes| sobol(seed, index, axes))
        }
    }
}

/// A point of the Sobol sequence under a seed.
fn sobol(seed: u64, index: u32, axes: u32) -> Vec<f64> {
    // The upper half of 64 random bits.
    let scramble = (Rng::for_sample(seed, STREAM, 0).next_u64() >> 32) as u32;
    (0..axes).map(|axis| f64::from(sobol_burley::sample(index, axis, scramble))).collect()
}

/// All combinations, in the order of the arguments: the last one changes first.
fn grid(base: &PlannedBase, axes: &[SearchAxis]) -> Result<SearchPoints, SearchError> {
    let size = axes.iter().try_fold(1_usize, |size, axis| size.checked_mul(axis.listed().len()));
    let count = size.filter(|size| *size <= MOST_POINTS).ok_or_else(|| {
        let points = size.map_or_else(|| "countless".to_string(), |size| size.to_string());
        SearchError::TooManyPoints { points, most: MOST_POINTS }
    })?;
    let mut collector = Collector::new(base);
    for index in 0..count {
        let (mut rest, mut values) = (index, Vec::new());
        for axis in axes.iter().rev() {
            values.push(axis.listed()[rest % axis.listed().len()].clone());
            rest /= axis.listed().len();
        }
        values.reverse();
        let refused = collector.take(&values);
        collector.found.refused.extend(refused);
    }
    let found = collector.found;
    match found.points.is_empty() {
        true => Err(SearchError::NoPoint {
            reason: found.refused.first().map(|(name, reason)| format!("{name}: {reason}")),
        }),
        false => Ok(found),
    }
}

/// Draws points until there are enough that can be trained.
fn draw(
    base: &PlannedBase,
    axes: &[SearchAxis],
    wanted: usize,
    place: impl Fn(u32, u32) -> Vec<f64>,
) -> Result<SearchPoints, SearchError> {
    // Enough where one of a hundred can be trained, or where all that there are is asked for.
    let drawn = (1000 + 100 * wanted).min(SOBOL_POINTS);
    let mut collector = Collector::new(base);
    for index in 0..drawn as u32 {
        if collector.found.points.len() == wanted {
            break;
        }
        // There are as many as the keys of a config, at most.
        let places = place(index, axes.len() as u32);
        let values: Vec<AxisValue> =
            axes.iter().zip(places).map(|(axis, place)| axis.at(place)).collect();
        collector.take(&values);
    }
    let found = collector.found;
    match found.points.len() == wanted {
        true => Ok(found),
        false => Err(SearchError::TooFewPoints {
            wanted,
            found: found.points.len(),
            drawn,
            refused: found.passed_over.refused,
            reason: collector.last_refusal,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 2^k points of each axis: one in each of 2^k strips; and not in the order of
    /// another seed.
    #[test]
    fn the_sobol_sequence_fills_its_axes_evenly() {
        for seed in [0, 1, u64::MAX] {
            for count in [1_u32, 2, 16, 256] {
                for axis in 0..20 {
                    let mut strips = vec![0; count as usize];
                    for index in 0..count {
                        strips[(sobol(seed, index, 20)[axis] * f64::from(count)) as usize] += 1;
                    }
                    assert!(strips.iter().all(|points| *points == 1), "{seed}, {axis}: {strips:?}");
                }
            }
        }
        assert_ne!(sobol(0, 0, 3), sobol(1, 0, 3));
        assert!(
            sobol(0, SOBOL_POINTS as u32 - 1, 256).iter().all(|place| (0.0..1.0).contains(place))
        );
    }

    /// How far the share of points in boxes at the origin is from their size, at most, is less
    /// for the Sobol sequence than for random points.
    #[test]
    fn the_sobol_sequence_is_more_even_than_chance() {
        let discrepancy = |points: &[Vec<f64>]| {
            let mut worst = 0.0_f64;
            for a in 1..=16 {
                for b in 1..=16 {
                    let (a, b) = (f64::from(a) / 16.0, f64::from(b) / 16.0);
                    let inside = points.iter().filter(|point| point[0] < a && point[1] < b);
                    let share = inside.count() as f64 / points.len() as f64;
                    worst = worst.max((share - a * b).abs());
                }
            }
            worst
        };
        for seed in 0..5 {
            let even: Vec<_> = (0..64).map(|index| sobol(seed, index, 2)).collect();
            let random = |index| {
                let mut rng = Rng::for_sample(seed, STREAM, index);
                vec![rng.unit(), rng.unit()]
            };
            let random: Vec<_> = (0..64).map(random).collect();
            let (even, random) = (discrepancy(&even), discrepancy(&random));
            assert!(2.0 * even < random, "{seed}: {even}, {random}");
        }
    }
}
