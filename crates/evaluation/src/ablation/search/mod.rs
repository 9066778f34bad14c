//! Searches: points that differ from the base in several decisions at once.
//!
//! | file | what it holds |
//! |---|---|
//! | `axis` | what there is to choose from: options, values, ranges |
//! | `points` | the points: a grid, random ones, a Sobol sequence |
//! | `halving` | successive halving, and which point is better |
//! | `error` | why a search cannot be planned |

mod axis;
pub mod error;
pub mod halving;
pub mod points;

use super::base::{Planned, PlannedBase, PlannedOption, with_seed};
use super::request::{PlanError, Request};
use super::results::{BestPoint, PassedOver};
use super::trial::TrialOutcome;
use halving::{PointScore, SearchRung, ranked, rungs};
use ninth_training::Config;
use points::{SearchMethod, SearchPoints, points};

pub use points::MOST_POINTS;

/// What is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchRequest {
    /// How points are chosen.
    pub method: SearchMethod,
    /// Of successive halving, one of how many points goes on, from 2; `None` trains all of them
    /// for the whole time.
    pub halving: Option<u32>,
}

/// The points of a search and its rungs.
#[derive(Clone, Debug)]
pub(super) struct PlannedSearch {
    method: SearchMethod,
    found: SearchPoints,
    rungs: Vec<SearchRung>,
}

/// The rungs as far as they were trained.
struct Ladder {
    rungs: Vec<Planned>,
    /// The score of the base in the last rung and its points, the best first, once all rungs are
    /// complete.
    end: Option<(PointScore, Vec<(usize, PointScore)>)>,
}

impl PlannedSearch {
    /// Chooses the points.
    ///
    /// # Errors
    ///
    /// If a request names nothing to choose from, or too few points can be trained.
    pub fn new(
        base: &PlannedBase,
        requests: &[Request],
        search: &SearchRequest,
    ) -> Result<Self, PlanError> {
        let ranges = search.method != SearchMethod::Grid;
        let axes = axis::axes(base, requests, ranges)?;
        let found = points(base, &axes, search.method)?;
        let whole = base.whole_config();
        let round = |steps| base.compress(&whole, Some(steps)).total_steps();
        let halving = search.halving.map(|eta| eta.max(2));
        let rungs = rungs(found.points.len(), halving, base.config.total_steps(), round);
        Ok(PlannedSearch { method: search.method, found, rungs })
    }

    pub fn method(&self) -> SearchMethod {
        self.method
    }

    pub fn rungs(&self) -> &[SearchRung] {
        &self.rungs
    }

    /// The number of points.
    pub fn points(&self) -> usize {
        self.found.points.len()
    }

    pub fn passed_over(&self) -> PassedOver {
        self.found.passed_over
    }

    /// The rungs as far as they follow from the outcomes: each one after the last one that is
    /// complete. The points of a complete rung are in their order, the best first.
    pub fn planned<'a>(
        &self,
        base: &PlannedBase,
        outcome: impl Fn(&str) -> Option<&'a TrialOutcome>,
    ) -> Vec<Planned> {
        self.climb(base, outcome).rungs
    }

    /// The best of the last rung, the base included; `None` if it is not complete.
    pub fn best<'a>(
        &self,
        base: &PlannedBase,
        outcome: impl Fn(&str) -> Option<&'a TrialOutcome>,
    ) -> Option<BestPoint> {
        let (of_base, points) = self.climb(base, outcome).end?;
        let first = points.first().filter(|(_, score)| score.is_better_than(&of_base));
        Some(match first {
            Some((index, _)) => {
                let point = &self.found.points[*index];
                let config = base.compress(&point.config, None);
                BestPoint { name: point.name.clone(), is_default: false, config }
            }
            None => {
                let config = base.config.clone();
                BestPoint { name: self.name_of_base(), is_default: true, config }
            }
        })
    }

    fn name_of_base(&self) -> String {
        self.found.base.clone().unwrap_or_else(|| "base".to_string())
    }

    fn climb<'a>(
        &self,
        base: &PlannedBase,
        outcome: impl Fn(&str) -> Option<&'a TrialOutcome>,
    ) -> Ladder {
        let score = |config: &Config| {
            let of_seed = |seed: &i64| outcome(&with_seed(config, *seed).to_text(false));
            let outcomes: Option<Vec<&TrialOutcome>> = base.seeds.iter().map(of_seed).collect();
            outcomes.map(|outcomes| PointScore::of(&outcomes))
        };
        let mut ladder = Ladder { rungs: Vec::new(), end: None };
        let mut alive: Vec<usize> = (0..self.points()).collect();
        for (place, rung) in self.rungs.iter().enumerate() {
            let steps = (place + 1 < self.rungs.len()).then_some(rung.steps);
            let config = |index: usize| base.compress(&self.found.points[index].config, steps);
            let default = base.compress(&base.whole_config(), steps);
            let of_base = score(&default);
            let scores: Option<Vec<PointScore>> =
                alive.iter().map(|index| score(&config(*index))).collect();
            let complete = of_base.zip(scores).map(|(of_base, scores)| {
                let order = ranked(&scores);
                let scored = order.iter().map(|&place| (alive[place], scores[place]));
                (of_base, scored.collect::<Vec<_>>())
            });
            if let Some((_, scored)) = &complete {
                alive = scored.iter().map(|(index, _)| *index).collect();
            }
            let option = |name: String, is_default, config| PlannedOption {
                name,
                is_default,
                config: Ok(Box::new(config)),
            };
            let mut options = vec![option(self.name_of_base(), true, default)];
            options.extend(
                alive.iter().map(|&index| {
                    option(self.found.points[index].name.clone(), false, config(index))
                }),
            );
            if place == 0 {
                options.extend(self.found.refused.iter().map(|(name, reason)| PlannedOption {
                    name: name.clone(),
                    is_default: false,
                    config: Err(reason.clone()),
                }));
            }
            let (name, meaning) = self.describe(place);
            ladder.rungs.push(Planned { name, meaning, options });
            if complete.is_none() {
                break;
            }
            match self.rungs.get(place + 1) {
                Some(next) => {
                    alive.truncate(next.points);
                    // In the order in which they were chosen, which decides between equal ones.
                    alive.sort_unstable();
                }
                None => ladder.end = complete,
            }
        }
        ladder
    }

    /// The name and the meaning of a rung.
    fn describe(&self, place: usize) -> (String, String) {
        let SearchRung { points, steps } = self.rungs[place];
        let counted = |count: usize| match count {
            1 => "1 point".to_string(),
            _ => format!("{count} points"),
        };
        let chosen = match self.method {
            SearchMethod::Grid => "of all combinations",
            SearchMethod::Random(_) => "drawn at random",
            SearchMethod::Sobol(_) => "of a Sobol sequence",
        };
        let points = counted(points);
        if let [_] = self.rungs[..] {
            let name = if self.method == SearchMethod::Grid { "grid" } else { "search" };
            return (name.to_string(), format!("{points} {chosen}, the best first"));
        }
        let chosen = if place == 0 { format!(" {chosen}") } else { String::new() };
        let then = match self.rungs.get(place + 1) {
            Some(next) => format!("the best {} go on", next.points),
            None => "the best first".to_string(),
        };
        (format!("rung {}", place + 1), format!("{points}{chosen}, {steps} steps each, {then}"))
    }
}
