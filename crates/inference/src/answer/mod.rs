//! The next term: one distribution, of the rules behind the terms, of the model and of neither.
//!
//! Rules are exact where they apply; a model predicts something for any terms in its range. What
//! neither names keeps its own share, so that the probabilities of all candidates add up to less
//! than one.
//!
//! | file | what it holds |
//! |---|---|
//! | `mod.rs` | [`Answers`]: who is asked, and what they say together |
//! | `shares.rs` | [`Shares`]: how much each of them counts, and why |
//! | `vote.rs` | [`ModelVote`]: what the model says |
//! | `view.rs` | what a model is shown of terms beyond its range |
//!
//! ```
//! use ninth_inference::answer::{Answers, Method};
//! use ninth_kernels::InstructionSet;
//! use ninth_model::decoding::Predictor;
//! use ninth_model::{Architecture, Transformer};
//!
//! // An untrained model; weights are read from a file otherwise.
//! let architecture = Architecture::new(
//!     Default::default(),
//!     8,
//!     Default::default(),
//!     Default::default(),
//! )?;
//! let model = Transformer::new(architecture);
//! let parameters = model.layout().initial(0);
//! let predictor = Predictor::new(InstructionSet::detect(), model, parameters);
//!
//! let answers = Answers::new(Method::Blend, &predictor)?;
//! let terms = [1, 1, 2, 3, 5, 8, 13].map(Into::into);
//! let answer = answers.answer(&terms, 5)?;
//! assert_eq!(answer.candidates[0].term, 21.into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod shares;
mod view;
pub mod vote;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use serde::Serialize;

use ninth_model::Error;
use ninth_model::decoding::{Decoding, Generation, Predictor};
use ninth_model::output::Output;

use crate::explanation::{Explanation, FittingRule, explain_with};
use crate::integer::integer;
use shares::Shares;
use view::View;
use vote::{ModelVote, Sight};

pub use ninth_solver::{LARGEST, continued};

ninth_settings::options! {
    /// What predicts the next term.
    pub enum Method {
        /// the model
        Model = "model",
        /// the rules that fit all terms
        Relations = "relations",
        /// both, rules weighing more the surer it is that there is one
        Blend = "blend",
    }
}

/// A possible next term.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextTerm {
    /// The term.
    #[serde(serialize_with = "integer")]
    pub term: BigInt,
    /// Its probability; a regression has none.
    pub probability: Option<f64>,
    /// Whom the probability comes from.
    pub sources: Sources,
}

/// The parts of a probability, which add up to it: of rules, of the model and of plain forecasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sources {
    /// Of the rules that fit all terms.
    pub rules: f64,
    /// Of the model.
    pub model: f64,
    /// Of the last term, the last step and the like, once more.
    pub forecasts: f64,
}

impl Sources {
    /// Their sum.
    pub fn total(&self) -> f64 {
        self.rules + self.model + self.forecasts
    }

    /// Whether rules make up at least half of it: then a rule is why the term is named.
    pub fn mostly_rules(&self) -> bool {
        self.rules > 0.0 && 2.0 * self.rules >= self.total()
    }
}

impl std::ops::AddAssign for Sources {
    fn add_assign(&mut self, other: Sources) {
        self.rules += other.rules;
        self.model += other.model;
        self.forecasts += other.forecasts;
    }
}

/// A model, asked alone or together with the rules behind the terms.
#[derive(Debug)]
pub struct Answers<'a> {
    predictor: &'a Predictor,
    method: Method,
}

impl Method {
    /// The default for a model: the blend, if the model gives probabilities.
    pub fn best_for(output: Output) -> Self {
        match output {
            Output::Classification => Method::Blend,
            Output::Regression => Method::Model,
        }
    }
}

/// Everything that an answer is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The rules.
    pub explanation: Explanation,
    /// The model's vote, where it can be asked.
    pub vote: Option<ModelVote>,
    /// Plain forecasts.
    pub forecasts: Vec<BigInt>,
}

impl<'a> Answers<'a> {
    /// Predictions by a method.
    ///
    /// # Errors
    ///
    /// If the method is the blend and the model gives no probabilities.
    pub fn new(method: Method, predictor: &'a Predictor) -> Result<Self, Error> {
        match method {
            Method::Blend if !has_probabilities(predictor) => Err(Error::RegressionBlend),
            Method::Model | Method::Relations | Method::Blend => Ok(Answers { predictor, method }),
        }
    }

    /// The methods that can answer, whoever is asked: a regression cannot be blended.
    pub fn methods(&self) -> Vec<Method> {
        let blends = has_probabilities(self.predictor);
        Method::ALL.iter().copied().filter(|method| blends || *method != Method::Blend).collect()
    }

    /// The `top` most likely next terms.
    ///
    /// # Errors
    ///
    /// If there are no terms, or the model is asked alone and cannot see one of them.
    pub fn answer(&self, terms: &[BigInt], top: usize) -> Result<Answer, Error> {
        if terms.is_empty() {
            return Err(Error::NoTerms);
        }
        let evidence = self.evidence(terms);
        Ok(match self.method {
            Method::Model => Answer::by_model(self.by_model(terms, top)?, evidence.explanation),
            Method::Relations => Answer::by_rules(evidence.explanation, top),
            Method::Blend => evidence.answer(&Shares::FITTED, top),
        })
    }

    /// The answers by every method; [`answer`](Self::answer) gives that of one. A method without
    /// an answer, as the model alone for terms beyond its range, is not in the list.
    ///
    /// # Errors
    ///
    /// If there are no terms.
    pub fn by_every_method(
        &self,
        terms: &[BigInt],
        top: usize,
    ) -> Result<Vec<(Method, Answer)>, Error> {
        if terms.is_empty() {
            return Err(Error::NoTerms);
        }
        let evidence = self.evidence(terms);
        let by = |method| match method {
            Method::Model => {
                let model = self.by_model(terms, top).ok()?;
                Some(Answer::by_model(model, evidence.explanation.clone()))
            }
            Method::Relations => Some(Answer::by_rules(evidence.explanation.clone(), top)),
            Method::Blend if !has_probabilities(self.predictor) => None,
            Method::Blend => Some(evidence.clone().answer(&Shares::FITTED, top)),
        };
        Ok(Method::ALL.iter().filter_map(|&method| Some((method, by(method)?))).collect())
    }

    /// The rules behind these terms, with the `further` terms that follow. What the model expects
    /// is evidence for them or against them.
    pub fn explain(&self, terms: &[BigInt], further: usize) -> Explanation {
        explain_with(terms, further, self.vote(terms).as_ref())
    }

    /// What an answer is made of.
    pub fn evidence(&self, terms: &[BigInt]) -> Evidence {
        let vote = self.vote(terms);
        let explanation = explain_with(terms, 1, vote.as_ref());
        Evidence { explanation, vote, forecasts: shares::forecasts(terms) }
    }

    fn vote(&self, terms: &[BigInt]) -> Option<ModelVote> {
        if !has_probabilities(self.predictor) {
            return None;
        }
        let architecture = self.predictor.model().architecture();
        let (range, context) = (architecture.range(), architecture.context());
        let (view, shown) = View::of(terms, range, context)?;
        let candidates = self.predictor.candidates(&shown, architecture.classes()).ok()?;
        let candidates = candidates.into_iter().map(|candidate| {
            (view.term(candidate.term), candidate.probability.map_or(0.0, f64::from))
        });
        Some(ModelVote {
            sight: Sight {
                sees_terms: view == View::Terms,
                beyond: shares::beyond(&shown, range.max()),
            },
            candidates: candidates.collect(),
        })
    }

    /// What the model alone says.
    fn by_model(&self, terms: &[BigInt], top: usize) -> Result<Vec<NextTerm>, Error> {
        let candidates = self.predictor.candidates(&self.shown(terms)?, top)?;
        let next = candidates.into_iter().map(|candidate| {
            let probability = candidate.probability.map(f64::from);
            let model = probability.unwrap_or_default();
            let sources = Sources { model, ..Sources::default() };
            NextTerm { term: candidate.term.into(), probability, sources }
        });
        Ok(next.collect())
    }

    /// The last terms, as many as the model sees.
    ///
    /// # Errors
    ///
    /// If one is outside the model's range.
    pub fn shown(&self, terms: &[BigInt]) -> Result<Vec<i64>, Error> {
        let architecture = self.predictor.model().architecture();
        let range = architecture.range();
        let unseen = terms.len().saturating_sub(architecture.context());
        let term = |(place, term): (usize, &BigInt)| {
            term.to_i64().filter(|term| range.contains(*term)).ok_or_else(|| Error::Term {
                position: place + 1,
                term: term.to_string(),
                min: range.min(),
                max: range.max(),
            })
        };
        terms.iter().enumerate().skip(unseen).map(term).collect()
    }

    /// The `count` terms that follow, given the answer for these terms. The first is the
    /// likeliest candidate; the rule behind it goes on if rules made up at least half of the
    /// candidate's probability, else the model or the forecast, one term after the other, the
    /// model's terms computed as `generation` says, with the same result. Fewer terms where the
    /// rule's sequence ends or exceeds [`LARGEST`], none without candidates.
    ///
    /// # Errors
    ///
    /// As for [`answer`](Self::answer).
    pub fn continuation(
        &self,
        terms: &[BigInt],
        answer: &Answer,
        count: usize,
        generation: Generation,
    ) -> Result<Vec<BigInt>, Error> {
        let Some(first) = answer.candidates.first() else { return Ok(Vec::new()) };
        if count == 0 {
            return Ok(Vec::new());
        }
        if let Some(rule) = answer.rule_behind(&first.term)
            && first.sources.mostly_rules()
        {
            return Ok(continued(&rule.rule, &terms[answer.explanation.skipped..], count)
                .unwrap_or_default());
        }
        if let Ok(shown) = self.shown(terms) {
            let greedy = Decoding::Greedy;
            let next = self.predictor.continuation(&shown, count, generation, greedy)?;
            if next.first().is_some_and(|next| first.term == BigInt::from(*next)) {
                return Ok(next.into_iter().map(BigInt::from).collect());
            }
        }
        let mut all = terms.to_vec();
        all.push(first.term.clone());
        while all.len() < terms.len() + count {
            let evidence = Evidence {
                explanation: Explanation::default(),
                vote: self.vote(&all),
                forecasts: shares::forecasts(&all),
            };
            let next = evidence.answer(&Shares::FITTED, 1).candidates.into_iter().next();
            match next {
                Some(next) if next.term.bits() <= LARGEST => all.push(next.term),
                _ => break,
            }
        }
        Ok(all.split_off(terms.len()))
    }
}

fn has_probabilities(predictor: &Predictor) -> bool {
    match predictor.model().architecture().model().output {
        Output::Classification => true,
        Output::Regression => false,
    }
}

/// The likely next terms, and the rules behind them.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The most likely next terms, most likely first; empty where only rules are asked and none
    /// fits.
    pub candidates: Vec<NextTerm>,
    /// The rules that fit, whoever was asked.
    pub explanation: Explanation,
    /// How much each of those who were asked has to share out among terms; what is missing from 1
    /// is that another term follows.
    pub shares: Sources,
}

impl Answer {
    /// The most probable rule that goes on with `term`.
    pub fn rule_behind(&self, term: &BigInt) -> Option<&FittingRule> {
        self.explanation.rules.iter().find(|rule| rule.continuation.first() == Some(term))
    }

    fn by_model(candidates: Vec<NextTerm>, explanation: Explanation) -> Self {
        let shares = Sources { model: 1.0, ..Sources::default() };
        Answer { candidates, explanation, shares }
    }

    fn by_rules(explanation: Explanation, top: usize) -> Self {
        let mut sum = Mixture::default();
        sum.add_rules(&explanation);
        let shares = Sources { rules: explanation.confidence, ..Sources::default() };
        Answer { candidates: sum.most_likely(top), explanation, shares }
    }
}

impl Evidence {
    /// The `top` most likely next terms.
    pub fn answer(self, shares: &Shares, top: usize) -> Answer {
        let none = Sources::default();
        let mut total = Sources { rules: self.explanation.confidence, ..none };
        let mut sum = Mixture::default();
        let mut rest = 1.0 - total.rules;
        if let Some(ModelVote { sight, mut candidates }) = self.vote {
            let share = rest * shares.of_model(sight);
            shares::tempered(&mut candidates, shares.temperature);
            for (term, probability) in candidates {
                sum.add(term, Sources { model: share * probability, ..none });
            }
            total.model = share;
            rest -= share;
        }
        let shares = shares.of_forecasts(self.forecasts.len());
        for (term, share) in self.forecasts.into_iter().zip(shares) {
            sum.add(term, Sources { forecasts: rest * share, ..none });
            total.forecasts += rest * share;
        }
        sum.add_rules(&self.explanation);
        let candidates = sum.most_likely(top);
        Answer { candidates, explanation: self.explanation, shares: total }
    }
}

/// Terms with probabilities that are added up.
#[derive(Debug, Default)]
struct Mixture(std::collections::BTreeMap<BigInt, Sources>);

impl Mixture {
    fn add(&mut self, term: BigInt, part: Sources) {
        *self.0.entry(term).or_default() += part;
    }

    fn add_rules(&mut self, explanation: &Explanation) {
        for rule in &explanation.rules {
            if let Some(next) = rule.continuation.first() {
                let part = Sources { rules: rule.probability, ..Sources::default() };
                self.add(next.clone(), part);
            }
        }
    }

    /// The likeliest terms; among equals the smaller one comes first.
    fn most_likely(self, top: usize) -> Vec<NextTerm> {
        let mut all: Vec<(BigInt, Sources)> = self.0.into_iter().collect();
        all.sort_by(|(_, a), (_, b)| b.total().total_cmp(&a.total()));
        all.truncate(top);
        let next = |(term, sources): (BigInt, Sources)| NextTerm {
            term,
            probability: Some(sources.total()),
            sources,
        };
        all.into_iter().map(next).collect()
    }
}
