//! Decoding: asking a trained model for the terms that follow.
//!
//! Generation is how the terms are computed: [`cache`], [`naive`], or all at once
//! in [`parallel`]. Decoding is how they are chosen: [`greedy`], [`beam`] or
//! [`sampling`]. All of these work on classes; [`Predictor`] takes and gives
//! integers. [`GenerationSettings`] are what a config says of both.

pub mod beam;
pub mod cache;
pub mod greedy;
pub mod naive;
pub mod parallel;
pub mod ranking;
pub mod sampling;

use ninth_kernels::{InstructionSet, Lanes};
use ninth_sequences::Rng;

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
    /// Its probability, by the model; a regression has none.
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
    /// How terms are chosen; what is drawn follows from the seed.
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

    /// Whether a model of such an output can be asked like that.
    ///
    /// # Errors
    ///
    /// If terms are to be chosen by probabilities that there are not, or generated in
    /// parallel although they depend on a choice.
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
    /// The likeliest continuation as a whole that a search of this width finds.
    Beam(usize),
    /// Drawn by their probabilities, from a generator with this seed.
    Sample(Sampling, u64),
}

/// A model with its weights, ready to be asked.
#[derive(Debug)]
pub struct Predictor {
    model: CachedModel,
}

impl Predictor {
    /// Makes a model ready, given the arena of its parameters.
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

    /// The classes of given terms, of which the last T are seen.
    ///
    /// # Errors
    ///
    /// If there are none, or one that is seen is outside the model's range.
    pub fn classes(&self, terms: &[i64]) -> Result<Vec<u16>, Error> {
        if terms.is_empty() {
            return Err(Error::NoTerms);
        }
        let range = self.model().architecture().range();
        let class = |(index, &term): (usize, &i64)| {
            range.class_of(term).ok_or(Error::Term {
                position: index + 1,
                term,
                min: range.min(),
                max: range.max(),
            })
        };
        let unseen = terms.len().saturating_sub(self.model().architecture().context());
        terms.iter().enumerate().skip(unseen).map(class).collect()
    }

    /// The most likely next terms, most likely first, at most `top`; of a regression,
    /// the one that it predicts.
    ///
    /// # Errors
    ///
    /// If there are no terms, or one is outside the model's range.
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

    /// The `count` terms that follow.
    ///
    /// # Errors
    ///
    /// If there are no terms, one is outside the model's range, or there is no such
    /// choice of terms (see [`GenerationSettings::check`]).
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
    /// The `count` classes after `history`, given what is most likely by some logits,
    /// and the logits after any history.
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
