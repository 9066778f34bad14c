//! The key-value cache against the model as it is trained.

use ninth_kernels::{InstructionSet, as_floats};
use ninth_model::decoding::cache::CachedModel;
use ninth_model::decoding::naive::Windows;
use ninth_model::decoding::sampling::Sampling;
use ninth_model::decoding::{Decoding, Generation, Predictor, beam, greedy, ranking};
use ninth_model::embedding::{EmbeddingKind, EmbeddingKinds, EmbeddingSettings};
use ninth_model::normalisation::Normalisation;
use ninth_model::output::{self, Output};
use ninth_model::{Architecture, Error, ModelSettings, Transformer};
use ninth_sequences::IntegerRange;
use proptest::prelude::*;
use proptest::sample::select;

fn models() -> impl Strategy<Value = (Transformer, u64)> {
    let shape = (1usize..4, 1usize..5, 1usize..9, 1usize..40, 1usize..12);
    let kinds = select(vec![
        vec![EmbeddingKind::Pair],
        vec![EmbeddingKind::Learned],
        vec![EmbeddingKind::Frequency],
        vec![EmbeddingKind::Learned, EmbeddingKind::Frequency, EmbeddingKind::Pair],
    ]);
    let options = (select(Normalisation::ALL), select(Output::ALL));
    (shape, kinds, options, 2i64..300, any::<u64>()).prop_map(
        |((layers, heads, head_width, feed_forward, context), kinds, options, max, seed)| {
            let (normalisation, output) = options;
            // LayerNorm over two or three features is nearly a step function: rounding
            // in its input, which the two ways to compute differ by, becomes large.
            let narrowest = match normalisation {
                Normalisation::None => 1,
                Normalisation::Pre | Normalisation::Post => 8usize.div_ceil(heads),
            };
            let head_width = head_width.max(narrowest);
            let model = ModelSettings {
                d_model: heads * head_width,
                layers,
                heads,
                feed_forward,
                normalisation,
                output,
                ..Default::default()
            };
            let embedding = EmbeddingSettings {
                kind: EmbeddingKinds(kinds),
                projection: true,
                ..Default::default()
            };
            let range = IntegerRange::new(0, max).unwrap();
            let architecture = Architecture::new(range, context, embedding, model).unwrap();
            (Transformer::new(architecture), seed)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Also past the window, where the cache has to start anew.
    #[test]
    fn cached_and_uncached_logits_are_equal(
        (model, seed) in models(),
        prompt in prop::collection::vec(any::<u16>(), 1..20),
        count in 1usize..20,
    ) {
        let classes = model.architecture().classes() as u16;
        let prompt: Vec<u16> = prompt.into_iter().map(|class| class % classes).collect();
        let parameters = model.layout().initial(seed);
        for instruction_set in InstructionSet::available() {
            let cached = CachedModel::new(instruction_set, model.clone(), parameters.clone());
            let mut cache = cached.cache();
            let mut windows = Windows::new(instruction_set, &model, as_floats(&parameters));
            let mut worst = 0.0_f32;
            greedy::continuation(&prompt, count, |history| {
                let expected = windows.logits(history);
                let got = cached.logits(&mut cache, history);
                assert_eq!(got.len(), expected.len());
                for (got, expected) in got.iter().zip(&expected) {
                    worst = worst.max((got - expected).abs());
                }
                greedy::choose(got)
            });
            prop_assert!(worst < 1e-5, "{}: logits differ by {worst}", instruction_set.name());
        }
    }

    /// Every row is a distribution over the terms up to its own, and does not depend on later
    /// ones; only the last T terms count.
    #[test]
    fn attention_weights_are_distributions_over_earlier_terms(
        (model, seed) in models(),
        terms in prop::collection::vec(any::<u16>(), 1..14),
    ) {
        let architecture = model.architecture().clone();
        let classes = architecture.classes() as u16;
        let terms: Vec<i64> = terms.into_iter().map(|term| i64::from(term % classes)).collect();
        let parameters = model.layout().initial(seed);
        let predictor = Predictor::new(InstructionSet::detect(), model, parameters);
        let seen = &terms[terms.len().saturating_sub(architecture.context())..];
        let weights = predictor.attention(&terms).unwrap();
        prop_assert_eq!(&weights, &predictor.attention(seen).unwrap());
        prop_assert_eq!(weights.layers.len(), architecture.model().layers);
        let first = predictor.attention(&seen[..1]).unwrap();
        for (layer, first) in weights.layers.iter().zip(&first.layers) {
            prop_assert_eq!(layer.len(), architecture.model().heads);
            for (head, first) in layer.iter().zip(first) {
                prop_assert_eq!(head.len(), seen.len());
                prop_assert_eq!(head[0][0], first[0][0]);
                for (t, row) in head.iter().enumerate() {
                    prop_assert_eq!(row.len(), seen.len());
                    prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
                    prop_assert!(row[..=t].iter().all(|&weight| weight >= 0.0));
                    prop_assert!(row[t + 1..].iter().all(|&weight| weight == 0.0));
                }
            }
        }
        let shorter = predictor.attention(&seen[..seen.len().div_ceil(2)]).unwrap();
        for (layer, shorter) in weights.layers.iter().zip(&shorter.layers) {
            for (head, shorter) in layer.iter().zip(shorter) {
                for (row, shorter) in head.iter().zip(shorter) {
                    prop_assert_eq!(&row[..shorter.len()], &shorter[..]);
                }
            }
        }
        prop_assert_eq!(predictor.attention(&[]), Err(Error::NoTerms));
    }

    #[test]
    fn ways_to_generate_and_to_decode_agree_where_they_must(
        (model, seed) in models(),
        prompt in prop::collection::vec(any::<u16>(), 1..14),
        count in 1usize..20,
        width in 2usize..5,
    ) {
        let classes = model.architecture().classes() as u16;
        let classes: Vec<u16> = prompt.into_iter().map(|class| class % classes).collect();
        let prompt: Vec<i64> = classes.iter().map(|&class| i64::from(class)).collect();
        let parameters = model.layout().initial(seed);
        let instruction_set = InstructionSet::detect();
        // Greedy decoding by the plainest code there is: its terms, its score, and by
        // how much the chosen term led.
        let mut windows = Windows::new(instruction_set, &model, as_floats(&parameters));
        let (mut score, mut lead) = (0.0, f32::INFINITY);
        let output = model.architecture().model().output;
        let expected = greedy::continuation(&classes, count, |history| {
            let logits = windows.logits(history);
            if output == Output::Regression {
                // How far the number is from where another integer is the nearest one.
                let number = logits[0] * (model.architecture().classes() - 1) as f32;
                lead = lead.min((number - number.floor() - 0.5).abs() / 100.0);
                return output::nearest(logits[0], model.architecture().classes());
            }
            let class = greedy::choose(&logits);
            score += ranking::log_softmax(&logits)[usize::from(class)];
            let others = logits.iter().enumerate().filter(|(k, _)| *k != usize::from(class));
            let second = others.fold(f32::NEG_INFINITY, |largest, (_, logit)| largest.max(*logit));
            lead = lead.min(logits[usize::from(class)] - second);
            class
        });
        // Where two terms are equally likely but for rounding, either is right.
        prop_assume!(lead > 1e-5);
        let expected: Vec<i64> = expected.into_iter().map(i64::from).collect();

        let predictor = Predictor::new(instruction_set, model.clone(), parameters.clone());
        let with = |generation, decoding| {
            predictor.continuation(&prompt, count, generation, decoding).unwrap()
        };
        let cold = Decoding::Sample(Sampling { temperature: 1e-9, top_k: 0 }, 1);
        prop_assert_eq!(&with(Generation::Cached, Decoding::Greedy), &expected);
        prop_assert_eq!(&with(Generation::Naive, Decoding::Greedy), &expected);
        prop_assert_eq!(&with(Generation::Parallel, Decoding::Greedy), &expected);
        if output == Output::Regression {
            for choice in [Decoding::Beam(1), cold] {
                let refused = predictor.continuation(&prompt, count, Generation::Cached, choice);
                prop_assert_eq!(refused, Err(Error::RegressionChoice));
            }
            return Ok(());
        }
        prop_assert_eq!(&with(Generation::Cached, Decoding::Beam(1)), &expected);
        prop_assert_eq!(&with(Generation::Cached, cold), &expected);

        // A beam never scores below greedy.
        let (_, found) = beam::continuation(&classes, count, width, |h| windows.logits(h));
        prop_assert!(found >= score - 1e-9, "{found} is below {score}");
    }
}
