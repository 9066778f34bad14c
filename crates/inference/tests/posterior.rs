//! The posterior and the limit: against a computation by brute force, and against an
//! estimate from fresh sequences.

use std::collections::HashMap;
use std::sync::LazyLock;

use ninth_inference::metrics::{Metric, Metrics};
use ninth_inference::{IndexKey, LimitMetrics, Next, Posterior};
use ninth_sequences::{Family, IntegerRange, Phase, PhaseWeights, Sampler, Stream};

static SAMPLER: LazyLock<Sampler> =
    LazyLock::new(|| Sampler::new(5, IntegerRange::default(), 9).unwrap());

static POSTERIOR: LazyLock<Posterior> =
    LazyLock::new(|| Posterior::new(&SAMPLER, PhaseWeights::DOCUMENT));

/// Every sequence that can be drawn: its family, its probability, its terms.
fn all(sampler: &Sampler, weights: PhaseWeights) -> Vec<(Family, f64, Vec<i64>)> {
    let range = sampler.range();
    let drawn = sampler.all_valid().filter(|(family, _)| weights.of(family.phase()) > 0.0);
    let sequence = |(family, parameters): (Family, u32)| {
        let phase = family.phase();
        let tuples = Family::of_phase(phase).len() * sampler.valid_count(family);
        let mut terms = family.relation(parameters, range).unwrap().terms(sampler.length());
        let length = terms.iter().take_while(|&&term| range.contains(term)).count();
        terms.truncate(length);
        (family, weights.of(phase) / tuples as f64, terms)
    };
    drawn.map(sequence).collect()
}

/// Sums for [`LimitMetrics`], in whatever way they are weighted.
#[derive(Clone, Default)]
struct Sums {
    sequences: f64,
    scored: Vec<f64>,
    correct: Vec<f64>,
    whole: f64,
    cross_entropy: f64,
    distance: f64,
    least_distance: f64,
}

impl Sums {
    fn metrics(&self, length: usize) -> LimitMetrics {
        let scored: f64 = self.scored.iter().sum();
        let by_position = self.correct.iter().zip(&self.scored).map(|(c, s)| c / s);
        let by_position: Vec<f64> = by_position.collect();
        LimitMetrics {
            share: self.sequences,
            metrics: Metrics {
                accuracy_last: by_position[length - 2],
                accuracy_all: self.correct.iter().sum::<f64>() / scored,
                accuracy_whole: self.whole / self.sequences,
                cross_entropy: self.cross_entropy / scored,
                distance: self.distance / scored,
                accuracy_by_position: by_position,
                ..Metrics::default()
            },
            least_distance: self.least_distance / scored,
        }
    }
}

fn assert_close(found: &LimitMetrics, expected: &LimitMetrics) {
    let list = |found: &LimitMetrics| {
        let LimitMetrics { share, metrics, least_distance } = found;
        let mut list = vec![*share, *least_distance];
        let single = Metric::ALL.iter().filter(|metric| metric.name != "loss");
        list.extend(single.map(|metric| metric.of(metrics)));
        list.extend(&metrics.accuracy_by_position);
        list
    };
    for (found_one, expected_one) in list(found).iter().zip(list(expected)) {
        // Both are no number where no sequence is that long.
        let same = (found_one - expected_one).abs() < 1e-9
            || (found_one.is_nan() && expected_one.is_nan());
        assert!(same, "{found:?} instead of {expected:?}");
    }
}

#[test]
fn brute_force_agrees() {
    let cases = [
        ((0, 15), 6, PhaseWeights::DOCUMENT),
        ((-8, 30), 5, PhaseWeights::only(Phase::Nested)),
        ((0, 20), 20, PhaseWeights::only(Phase::Simple)),
    ];
    for ((min, max), length, weights) in cases {
        let range = IntegerRange::new(min, max).unwrap();
        let sampler = Sampler::new(0, range, length).unwrap();
        let posterior = Posterior::new(&sampler, weights);
        let all = all(&sampler, weights);
        assert_eq!(posterior.len(), all.len());
        assert!((posterior.mass() - 1.0).abs() < 1e-9);

        let mut next: HashMap<&[i64], HashMap<i64, f64>> = HashMap::new();
        for (_, probability, terms) in &all {
            for known in 1..terms.len() {
                let terms_after = next.entry(&terms[..known]).or_default();
                *terms_after.entry(terms[known]).or_default() += probability;
            }
        }
        let mut sums: HashMap<Family, Sums> = HashMap::new();
        let mut total = Sums::default();
        let mut answers: HashMap<&[i64], (i64, i64, Vec<Next>)> = HashMap::new();
        for (prefix, after) in &next {
            let mut terms: Vec<i64> = after.keys().copied().collect();
            terms.sort_unstable();
            let mass: f64 = after.values().sum();
            let found = posterior.next(prefix);
            assert_eq!(found.len(), terms.len());
            for answer in &found {
                assert!((answer.probability - after[&answer.term] / mass).abs() < 1e-9);
            }
            assert!(found.is_sorted_by(|a, b| a.probability >= b.probability));
            let median = terms
                .iter()
                .copied()
                .min_by(|a, b| {
                    let cost = |middle: i64| -> f64 {
                        after.iter().map(|(t, p)| p * t.abs_diff(middle) as f64).sum()
                    };
                    cost(*a).total_cmp(&cost(*b))
                })
                .unwrap();
            // Equal ones may be added up in another order here, so the first of them is
            // taken from what is tested.
            answers.insert(prefix, (found[0].term, median, found));
        }
        for (family, probability, terms) in &all {
            let mut whole = true;
            let mut one = Sums {
                sequences: *probability,
                scored: vec![0.0; length - 1],
                correct: vec![0.0; length - 1],
                ..Sums::default()
            };
            for known in 1..terms.len() {
                let (best, median, found) = &answers[&terms[..known]];
                let right = terms[known] == *best;
                whole &= right || known < 3;
                one.scored[known - 1] = *probability;
                one.correct[known - 1] = probability * f64::from(u8::from(right));
                let share = found.iter().find(|next| next.term == terms[known]).unwrap();
                one.cross_entropy -= probability * share.probability.ln();
                one.distance += probability * terms[known].abs_diff(*best) as f64;
                one.least_distance += probability * terms[known].abs_diff(*median) as f64;
            }
            one.whole = probability * f64::from(u8::from(whole));
            for sums in [sums.entry(*family).or_default(), &mut total] {
                sums.scored.resize(length - 1, 0.0);
                sums.correct.resize(length - 1, 0.0);
                for (sum, one) in sums.scored.iter_mut().zip(&one.scored) {
                    *sum += one;
                }
                for (sum, one) in sums.correct.iter_mut().zip(&one.correct) {
                    *sum += one;
                }
                sums.sequences += one.sequences;
                sums.whole += one.whole;
                sums.cross_entropy += one.cross_entropy;
                sums.distance += one.distance;
                sums.least_distance += one.least_distance;
            }
        }
        let limit = posterior.limit();
        // The smallest distance is the same for all medians, by family it depends on
        // which one is taken: compared for all sequences only.
        assert_close(&limit.overall(), &total.metrics(length));
        let mut drawn = 0;
        for (family, found) in limit.families() {
            let least_distance = found.least_distance;
            let expected = LimitMetrics { least_distance, ..sums[&family].metrics(length) };
            assert_close(&found, &expected);
            drawn += 1;
        }
        assert_eq!(drawn, sums.len());
        assert_eq!(limit.relations(), all.len());
        assert_eq!(limit.overall().metrics.sequences, all.len() as u64);
        assert!(limit.overall().metrics.loss.is_nan());
    }
}

/// A ratio of two sums over independent sequences, and its standard error.
#[derive(Default)]
struct Ratio {
    pairs: Vec<(f64, f64)>,
}

impl Ratio {
    fn add(&mut self, above: f64, below: f64) {
        self.pairs.push((above, below));
    }

    #[track_caller]
    fn confirm(&self, name: &str, exact: f64, errors: f64) {
        let below: f64 = self.pairs.iter().map(|pair| pair.1).sum();
        let ratio = self.pairs.iter().map(|pair| pair.0).sum::<f64>() / below;
        let squares: f64 = self.pairs.iter().map(|(a, b)| (a - ratio * b).powi(2)).sum();
        let error = squares.sqrt() / below;
        let off = (ratio - exact).abs() / error;
        assert!(off < errors, "{name}: {ratio} +- {error}, exactly {exact}: {off} errors away");
    }
}

/// The figures are those of the predictor on sequences that are really drawn.
#[test]
fn fresh_sequences_confirm_the_limit() {
    const SEQUENCES: u64 = 20_000;
    let limit = POSTERIOR.limit();
    let mut answers: HashMap<Vec<i64>, Vec<Next>> = HashMap::new();
    let (mut all, mut last, mut whole, mut distance, mut entropy) =
        (Ratio::default(), Ratio::default(), Ratio::default(), Ratio::default(), Ratio::default());
    let mut families: HashMap<Family, Ratio> = HashMap::new();
    let mut phases: HashMap<Phase, Ratio> = HashMap::new();
    let mut positions: Vec<Ratio> = (0..8).map(|_| Ratio::default()).collect();
    let mut terms = [0; 9];
    for index in 0..SEQUENCES {
        let draw = SAMPLER.draw(Stream::Evaluation, index, PhaseWeights::DOCUMENT, &mut terms);
        let terms = &terms[..draw.length];
        let (mut right, mut off, mut bits, mut every) = (0.0, 0.0, 0.0, true);
        for known in 1..terms.len() {
            let next = answers
                .entry(terms[..known].to_vec())
                .or_insert_with_key(|prefix| POSTERIOR.next(prefix));
            let correct = next[0].term == terms[known];
            right += f64::from(u8::from(correct));
            off += next[0].term.abs_diff(terms[known]) as f64;
            bits -= next.iter().find(|n| n.term == terms[known]).unwrap().probability.ln();
            every &= correct || known < 3;
            positions[known - 1].add(f64::from(u8::from(correct)), 1.0);
            if known == 8 {
                last.add(f64::from(u8::from(correct)), 1.0);
            }
        }
        let scored = (terms.len() - 1) as f64;
        all.add(right, scored);
        distance.add(off, scored);
        entropy.add(bits, scored);
        whole.add(f64::from(u8::from(every)), 1.0);
        families.entry(draw.family).or_default().add(right, scored);
        phases.entry(draw.family.phase()).or_default().add(right, scored);
    }
    let exact = limit.overall().metrics;
    all.confirm("all positions", exact.accuracy_all, 4.0);
    last.confirm("last position", exact.accuracy_last, 4.0);
    whole.confirm("whole sequences", exact.accuracy_whole, 4.0);
    distance.confirm("distance", exact.distance, 4.0);
    entropy.confirm("cross-entropy", exact.cross_entropy, 4.0);
    for (position, ratio) in positions.iter().enumerate() {
        ratio.confirm(&format!("position {position}"), exact.accuracy_by_position[position], 4.0);
    }
    for phase in Phase::ALL.into_iter().filter(|phase| phases.contains_key(phase)) {
        phases[&phase].confirm(phase.name(), limit.phase(phase).metrics.accuracy_all, 4.0);
    }
    for (family, exact) in limit.families() {
        families[&family].confirm(family.name(), exact.metrics.accuracy_all, 5.0); // one of many
    }
}

#[test]
fn relations_are_found_by_their_terms() {
    // Every draw is found again, at every length, with its probability.
    let mut terms = [0; 9];
    for index in 0..200 {
        let draw = SAMPLER.draw(Stream::Examples, index, PhaseWeights::DOCUMENT, &mut terms);
        for known in [2, 4, draw.length] {
            let terms = &terms[..known];
            let mut found = false;
            let mut mass = 0.0;
            for (entry, relation) in POSTERIOR.matching(terms) {
                assert_eq!(relation.terms(known), terms);
                assert_eq!(
                    entry.family.relation(entry.parameters, SAMPLER.range()),
                    Some(relation)
                );
                found |= (entry.family, entry.parameters) == (draw.family, draw.parameters);
                mass += entry.prior;
            }
            assert!(found, "{draw:?}");
            assert!((mass / POSTERIOR.probability(terms) - 1.0).abs() < 1e-9);
        }
    }
    // Longer than any draw, and beyond the range: the relation goes on.
    let long: Vec<i64> = (0..30).map(|n| 10 * n).collect();
    let relations: Vec<_> = POSTERIOR.matching(&long).map(|(_, relation)| relation).collect();
    assert!(relations.iter().any(|r| r.to_string() == "a(n) = a(n-1) + 10, a(0) = 0"));
    assert!(relations.iter().all(|relation| relation.terms(30) == long));

    for nothing in [&[0, 200, 1, 255, 3][..], &[-1], &[256], &[i64::MAX; 20]] {
        assert_eq!(POSTERIOR.matching(nothing).count(), 0);
        assert_eq!(POSTERIOR.probability(nothing), 0.0);
        assert_eq!(POSTERIOR.next(nothing), []);
    }
    assert!((POSTERIOR.probability(&[]) - 1.0).abs() < 1e-9);
    let total: f64 = POSTERIOR.next(&[]).iter().map(|next| next.probability).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert_eq!(POSTERIOR.next(&[1; 9]), []);
}

/// More terms than the key of the sort holds, and a phase left out.
#[test]
fn long_sequences_of_wide_ranges_are_sorted_as_well() {
    let range = IntegerRange::new(-1000, 9000).unwrap();
    let sampler = Sampler::new(0, range, 17).unwrap();
    let posterior = Posterior::new(&sampler, PhaseWeights::only(Phase::Simple));
    let mut terms = [0; 17];
    for index in 0..100 {
        let draw = sampler.draw(Stream::Examples, index, Phase::Simple, &mut terms);
        let mut matching = posterior.matching(&terms[..draw.length]);
        let found = matching
            .any(|(entry, _)| (entry.family, entry.parameters) == (draw.family, draw.parameters));
        assert!(found);
        let nested = posterior.matching(&terms[..4]);
        assert_eq!(nested.filter(|(e, _)| e.family.phase() != Phase::Simple).count(), 0);
    }
    let limit = posterior.limit();
    assert!(limit.overall().metrics.accuracy_last > 0.99);
    assert!(limit.family(Family::Modulo).is_none());
    assert!(limit.phase(Phase::Nested).metrics.accuracy_all.is_nan());
}

/// What is to be looked at is known before anything is.
#[test]
fn an_index_says_how_much_there_is_to_look_at() {
    let range = SAMPLER.range();
    let tuples = |weights| IndexKey::new(range, 9, weights).tuples();
    let counts = |phases: &[Phase]| -> u64 {
        let families = phases.iter().flat_map(|phase| Family::of_phase(*phase));
        families.map(|family| u64::from(family.parameter_count(range))).sum()
    };
    let document = tuples(PhaseWeights::DOCUMENT);
    assert_eq!(document, counts(&Phase::DOCUMENT));
    assert!(document > POSTERIOR.len() as u64 && document < 2 * POSTERIOR.len() as u64);
    assert_eq!(tuples(PhaseWeights::DOCUMENT.with_wider(0.5)), counts(&Phase::ALL));
    assert_eq!(tuples(PhaseWeights::only(Phase::Nested)), counts(&[Phase::Nested]));
}
