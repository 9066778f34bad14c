//! Decoding: the continuation of a sequence by a trained model.
//!
//! The generation strategy is how logits are computed: with a [`cache`], without
//! ([`naive`]), or for all terms in [`parallel`]. The decoding strategy is how terms are
//! chosen by them: [`greedy`], [`beam`] or [`sampling`]. All of these work on classes;
//! [`Predictor`] takes and returns integers. [`GenerationSettings`] are the section of the
//! config for both.

pub mod beam;
pub mod cache;
pub mod greedy;
pub mod naive;
pub mod parallel;
pub mod ranking;
pub mod sampling;

use ninth_kernels::{InstructionSet, Lanes};
use ninth_sequences::Rng;

use crate::attention::AttentionWeights;
use crate::output::{self, Output};
use crate::{Error, Transformer};
use cache::CachedModel;
use ranking::rank;
use sampling::Sampling;

/// A possible next term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The term.
    pub term: i64,
    /// Its probability according to the model; `None` for a regression.
    pub probability: Option<f32>,
}

ninth_settings::settings! {
    /// How a trained model is asked for the terms that follow.
    pub struct GenerationSettings: "generation" {
        /// how they are computed, with the same result
        pub strategy: Generation = Generation::Cached;
        /// how they are chosen
        pub decoding: DecodingKind = DecodingKind::Greedy;
        /// continuations that a beam search keeps
        pub beam_width: usize = 4, in 1..=10_000;
        /// of sampling: flat above 1, sharp below
        pub temperature: f64 = 1.0, in 0.0..=1e6;
        /// of sampling: only so many of the likeliest terms; 0 for all
        pub top_k: usize = 0, in 0..=65536;
    }
}

ninth_settings::options! {
    /// How terms are chosen.
    pub enum DecodingKind {
        /// always the most likely one
        Greedy = "greedy",
        /// the likeliest continuation as a whole
        Beam = "beam",
        /// by their probabilities
        Sample = "sample",
    }
}

impl GenerationSettings {
    /// The decoding strategy; samples are drawn with this seed.
    pub fn decoding(&self, seed: u64) -> Decoding {
        match self.decoding {
            DecodingKind::Greedy => Decoding::Greedy,
            DecodingKind::Beam => Decoding::Beam(self.beam_width),
            DecodingKind::Sample => {
                let Self { temperature, top_k, .. } = *self;
                Decoding::Sample(Sampling { temperature, top_k }, seed)
            }
        }
    }

    /// Checks that these strategies suit a model with this output.
    ///
    /// # Errors
    ///
    /// If the decoding strategy needs probabilities that a regression does not have, or is
    /// not greedy with parallel generation.
    pub fn check(&self, output: Output) -> Result<(), Error> {
        match (self.decoding, output, self.strategy) {
            (DecodingKind::Greedy, _, _) => Ok(()),
            (DecodingKind::Beam | DecodingKind::Sample, Output::Regression, _) => {
                Err(Error::RegressionChoice)
            }
            (_, Output::Classification, Generation::Parallel) => Err(Error::ParallelChoice),
            (_, Output::Classification, Generation::Cached | Generation::Naive) => Ok(()),
        }
    }
}

ninth_settings::options! {
    /// How the terms of a continuation are computed; the result is the same.
    pub enum Generation {
        /// one after the other, keeping the keys and values of those before
        Cached = "cached",
        /// one after the other, everything anew for each
        Naive = "naive",
        /// all at once, until none changes any more
        Parallel = "parallel",
    }
}

/// How the terms of a continuation are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decoding {
    /// Always the most likely one.
    Greedy,
    /// The most likely continuation as a whole that a beam search of this width finds.
    Beam(usize),
    /// Drawn by their probabilities, from a generator with this seed.
    Sample(Sampling, u64),
}

/// A model with its parameters, prepared for predictions.
///
/// ```
/// use ninth_kernels::InstructionSet;
/// use ninth_model::decoding::{Decoding, Generation, Predictor};
/// use ninth_model::embedding::EmbeddingSettings;
/// use ninth_model::{Architecture, ModelSettings, Transformer};
/// use ninth_sequences::IntegerRange;
///
/// let (embedding, model) = (EmbeddingSettings::default(), ModelSettings::default());
/// let architecture = Architecture::new(IntegerRange::new(0, 99)?, 8, embedding, model)?;
/// let model = Transformer::new(architecture);
/// let parameters = model.layout().initial(0);
/// let predictor = Predictor::new(InstructionSet::detect(), model, parameters);
///
/// let next = predictor.continuation(&[1, 2, 4, 8], 3, Generation::Cached, Decoding::Greedy)?;
/// assert_eq!(next.len(), 3);
/// // Greedy decoding starts with the most likely next term.
/// let best = predictor.candidates(&[1, 2, 4, 8], 5)?;
/// assert_eq!(best[0].term, next[0]);
/// assert!(best[0].probability >= best[1].probability);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Predictor {
    model: CachedModel,
}

impl Predictor {
    /// Prepares a model, given the arena of its parameters.
    pub fn new(
        instruction_set: InstructionSet,
        model: Transformer,
        parameters: Vec<Lanes>,
    ) -> Self {
        Predictor { model: CachedModel::new(instruction_set, model, parameters) }
    }

    /// The model.
    pub fn model(&self) -> &Transformer {
        self.model.model()
    }

    /// The classes of the last T terms.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one of the last T is outside the model's range.
    pub fn classes(&self, terms: &[i64]) -> Result<Vec<u16>, Error> {
        if terms.is_empty() {
            return Err(Error::NoTerms);
        }
        let range = self.model().architecture().range();
        let class = |(index, &term): (usize, &i64)| {
            range.class_of(term).ok_or_else(|| Error::Term {
                position: index + 1,
                term: term.to_string(),
                min: range.min(),
                max: range.max(),
            })
        };
        let unseen = terms.len().saturating_sub(self.model().architecture().context());
        terms.iter().enumerate().skip(unseen).map(class).collect()
    }

    /// The `top` most likely next terms, most likely first; for a regression, the one that
    /// it predicts.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one of the last T is outside the model's range.
    pub fn candidates(&self, terms: &[i64], top: usize) -> Result<Vec<Candidate>, Error> {
        let classes = self.classes(terms)?;
        let mut cache = self.model.cache();
        let logits = self.model.logits(&mut cache, &classes);
        let architecture = self.model().architecture();
        let candidate = |class, probability| {
            let term = architecture.range().term_of(class);
            Candidate { term, probability }
        };
        Ok(match architecture.model().output {
            Output::Classification => {
                let ranked = rank(logits, top).into_iter();
                ranked.map(|(class, share)| candidate(class, Some(share))).collect()
            }
            Output::Regression => {
                let class = output::nearest(logits[0], architecture.classes());
                vec![candidate(class, None)]
            }
        })
    }

    /// Where each of the last T terms looks: the attention weights of all layers and heads.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one of the last T is outside the model's range.
    pub fn attention(&self, terms: &[i64]) -> Result<AttentionWeights, Error> {
        Ok(self.model.windows().attention(&self.classes(terms)?))
    }

    /// For every integer of the range, from the smallest, the vector that the first layer sees,
    /// without what the position adds: `[V][C]`.
    pub fn embedding(&self) -> Vec<Vec<f32>> {
        self.model.embedding()
    }

    /// The `count` terms that follow.
    ///
    /// # Errors
    ///
    /// If there are no terms, one of the last T is outside the model's range, or the
    /// strategies do not suit the model (see [`GenerationSettings::check`]).
    pub fn continuation(
        &self,
        terms: &[i64],
        count: usize,
        generation: Generation,
        decoding: Decoding,
    ) -> Result<Vec<i64>, Error> {
        let classes = self.classes(terms)?;
        let architecture = self.model().architecture();
        let choose = |output: &[f32]| match architecture.model().output {
            Output::Classification => greedy::choose(output),
            Output::Regression => output::nearest(output[0], architecture.classes()),
        };
        if architecture.model().output == Output::Regression && decoding != Decoding::Greedy {
            return Err(Error::RegressionChoice);
        }
        let next = match (generation, decoding) {
            (Generation::Cached, _) => {
                let mut cache = self.model.cache();
                let logits = |history: &[u16]| self.model.logits(&mut cache, history).to_vec();
                decoding.continuation(&classes, count, choose, logits)
            }
            (Generation::Naive, _) => {
                let mut windows = self.model.windows();
                let logits = |history: &[u16]| windows.logits(history);
                decoding.continuation(&classes, count, choose, logits)
            }
            (Generation::Parallel, Decoding::Greedy) => {
                parallel::continuation(&mut self.model.windows(), &classes, count)
            }
            (Generation::Parallel, Decoding::Beam(_) | Decoding::Sample(..)) => {
                return Err(Error::ParallelChoice);
            }
        };
        let range = architecture.range();
        Ok(next.into_iter().map(|class| range.term_of(class)).collect())
    }
}

impl Decoding {
    /// The `count` classes after `history`. `logits` computes those after a history,
    /// `most_likely` is the class that greedy decoding chooses by them.
    fn continuation(
        self,
        history: &[u16],
        count: usize,
        most_likely: impl Fn(&[f32]) -> u16,
        mut logits: impl FnMut(&[u16]) -> Vec<f32>,
    ) -> Vec<u16> {
        match self {
            Decoding::Greedy => {
                greedy::continuation(history, count, |all| most_likely(&logits(all)))
            }
            Decoding::Beam(width) => beam::continuation(history, count, width, logits).0,
            Decoding::Sample(sampling, seed) => {
                let mut rng = Rng::new(seed);
                greedy::continuation(history, count, |all| sampling.choose(&logits(all), &mut rng))
            }
        }
    }
}
