//! The Bayes limit beside a training: computed on its own thread during the first steps, and
//! waited for when the first validation is logged.
//!
//! Either all validations of a training are logged with it or none, whatever the clock, the
//! number of threads and the cache: the logs must not depend on these. Whether it is computed
//! follows from the config alone: not where the enumeration is too large.

use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use ninth_inference::Limit;
use ninth_report::format::{counted, grouped};
use ninth_training::Config;
use ninth_training::metrics::Metrics;

use crate::error::Error;
use crate::index_file;

/// The most terms that are enumerated: some twenty seconds of one thread, and less than half a
/// gigabyte. All four phases of the default sequences have 40 million.
const MOST_TERMS: u64 = 250_000_000;

/// The computation of the limit of what a training ends with.
pub(super) struct BayesLimit {
    /// The number of relations, and of the terms of each.
    size: (u64, u64),
    /// The thread that computes it, until it is joined.
    pending: Option<JoinHandle<Result<Limit, Error>>>,
    known: Option<KnownLimit>,
}

/// The limit of what a training ends with.
#[derive(Clone, Debug)]
pub struct KnownLimit {
    /// All of it.
    pub limit: Limit,
    /// Its metrics over all sequences.
    pub metrics: Metrics,
}

impl BayesLimit {
    /// Starts the computation, unless it is too large.
    pub fn start(config: &Config) -> Result<Self, Error> {
        let size = (index_file::tuples(config)?, config.sequences.context as u64 + 1);
        let mut this = BayesLimit { size, pending: None, known: None };
        if size.0 * size.1 <= MOST_TERMS {
            let of = config.clone();
            let begun = thread::Builder::new()
                .name("limit".to_string())
                .spawn(move || index_file::limit(&of));
            match begun {
                Ok(thread) => this.pending = Some(thread),
                // The system refuses a thread: computed here.
                Err(_) => this.known = Some(KnownLimit::new(index_file::limit(config)?)),
            }
        }
        Ok(this)
    }

    /// Why the limit is not computed; `None` where it is.
    pub fn missing(&self) -> Option<String> {
        let (relations, terms) = self.size;
        (self.pending.is_none() && self.known.is_none()).then(|| {
            format!(
                "not known: {} relations of {} are too many to go through beside a training",
                grouped(relations),
                counted(terms, "term"),
            )
        })
    }

    /// Waits for the limit; `None` where it is not computed.
    pub fn wait(&mut self) -> Result<Option<&KnownLimit>, Error> {
        if let Some(thread) = self.pending.take() {
            let limit = thread.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            self.known = Some(KnownLimit::new(limit));
        }
        Ok(self.known.as_ref())
    }
}

impl KnownLimit {
    fn new(limit: Limit) -> Self {
        KnownLimit { metrics: limit.overall().metrics, limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(assignments: &[&str]) -> Config {
        let assignments = assignments.iter().map(|text| ninth_settings::parse_assignment(text));
        let assignments: Vec<_> = assignments.map(Result::unwrap).collect();
        Config::resolve(ninth_training::Preset::Design, &assignments).unwrap()
    }

    #[test]
    fn it_is_waited_for_once_and_known_from_then_on() {
        let narrow = config(&["sequences.maximum=20", "sequences.context=5"]);
        let mut limit = BayesLimit::start(&narrow).unwrap();
        assert_eq!(limit.missing(), None);
        let first = limit.wait().unwrap().unwrap().metrics.accuracy_all;
        let again = limit.wait().unwrap().unwrap();
        assert_eq!(again.metrics.accuracy_all, first);
        assert_eq!(again.limit.overall().metrics.accuracy_all, first);
        assert!(first > 0.5 && first < 1.0);
        assert_eq!(limit.missing(), None);
    }

    /// The config alone decides.
    #[test]
    fn what_is_too_much_is_left_out_and_said() {
        let mut limit = BayesLimit::start(&config(&["sequences.context=256"])).unwrap();
        assert!(limit.wait().unwrap().is_none());
        let said = limit.missing().unwrap();
        assert!(said.contains("relations of 257 terms"), "{said}");
        for usual in
            [&["curriculum.wider=0.4"][..], &["sequences.minimum=-128", "sequences.maximum=127"]]
        {
            assert_eq!(BayesLimit::start(&config(usual)).unwrap().missing(), None);
        }
    }
}
