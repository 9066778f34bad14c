//! Shards: the parts of an ablation that processes train beside each other, on one machine or many.

use std::fmt;

use ninth_evaluation::ablation::plan::Trial;

use crate::cli::error::Error;

/// Shard `index` of `count`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    // First, as files are sorted by it.
    count: u32,
    index: u32,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// What `--shard` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardChoice {
    /// The shard itself.
    Given(Shard),
    /// That of this job of a Slurm array.
    Slurm,
}

/// A whole number of digits alone.
fn whole(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl Shard {
    /// Shard `index` of `count`, if there is one.
    fn new(index: u32, count: u32) -> Option<Self> {
        (1..=count).contains(&index).then_some(Shard { count, index })
    }

    /// The shard with this journal, if the file is one.
    pub fn of_file(name: &str) -> Option<Self> {
        let (index, count) = name.strip_suffix(".jsonl")?.split_once("-of-")?;
        let shard = Shard::new(whole(index)?, whole(count)?)?;
        // 01-of-4.jsonl is no name of ours.
        (shard.journal() == name).then_some(shard)
    }

    /// The name of its journal.
    pub fn journal(self) -> String {
        format!("{}-of-{}.jsonl", self.index, self.count)
    }

    /// The name of the file that its process locks. It is not the journal, as Windows lets nobody
    /// read what is locked.
    pub fn lock(self) -> String {
        format!("{}-of-{}.lock", self.index, self.count)
    }

    /// The trials of this shard, of all those of a plan: every N-th, so that each seed and each
    /// decision is spread over the shards.
    pub fn share(self, all: Vec<Trial>) -> Vec<Trial> {
        let (first, step) = (self.index as usize - 1, self.count as usize);
        all.into_iter().skip(first).step_by(step).collect()
    }

    /// The shard of a job of a Slurm array, by the variables that Slurm sets.
    fn of_slurm(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let read = |name: &str, least: u32| {
            let name = format!("SLURM_ARRAY_TASK_{name}");
            let found = variable(&name);
            let number = found.as_deref().and_then(whole).filter(|number| *number >= least);
            number.ok_or_else(|| {
                let found = found.map_or("not set".to_string(), |text| format!("{text:?}"));
                Error::Usage(format!(
                    "--shard slurm: {name} is {found}; in a job of an array (sbatch --array=1-8) \
                     it is a whole number from {least}. Elsewhere name the shard, as in --shard 1/8"
                ))
            })
        };
        let (id, min, max) = (read("ID", 0)?, read("MIN", 0)?, read("MAX", 0)?);
        let (step, count) = (read("STEP", 1)?, read("COUNT", 1)?);
        let places = |to: u32| to.checked_sub(min).map(|distance| distance / step + 1);
        if places(max) != Some(count) {
            return Err(Error::Usage(format!(
                "--shard slurm: the array has {count} jobs from {min} to {max} in steps of \
                 {step}, so it has holes, and which job is which shard cannot be told; use a \
                 range, as in sbatch --array=1-8"
            )));
        }
        let index = places(id).filter(|_| id <= max && (id - min).is_multiple_of(step));
        index.and_then(|index| Shard::new(index, count)).ok_or_else(|| {
            Error::Usage(format!(
                "--shard slurm: SLURM_ARRAY_TASK_ID is {id}, which is none of the array from {min} \
                 to {max} in steps of {step}"
            ))
        })
    }
}

impl ShardChoice {
    /// Reads the value of `--shard`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "slurm" {
            return Ok(ShardChoice::Slurm);
        }
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(index, count)| Some((whole(index)?, whole(count)?)));
        let shard = numbers.and_then(|(index, count)| Shard::new(index, count));
        shard.map(ShardChoice::Given).ok_or_else(|| {
            "a shard is I/N with whole numbers 1 <= I <= N, as in 1/4, or slurm".to_string()
        })
    }

    /// The shard that is meant.
    pub fn shard(self) -> Result<Shard, Error> {
        match self {
            ShardChoice::Given(shard) => Ok(shard),
            ShardChoice::Slurm => Shard::of_slurm(|name| {
                std::env::var_os(name).map(|text| text.to_string_lossy().into_owned())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_are_named_by_their_shard() {
        let shard = Shard::new(2, 10).unwrap();
        assert_eq!(
            (shard.journal().as_str(), shard.to_string().as_str()),
            ("2-of-10.jsonl", "2/10")
        );
        assert_eq!(Shard::of_file("2-of-10.jsonl"), Some(shard));
        for name in ["02-of-10.jsonl", "11-of-10.jsonl", "0-of-1.jsonl", "2-of-10.lock", "x.jsonl"]
        {
            assert_eq!(Shard::of_file(name), None, "{name}");
        }
    }

    #[test]
    fn jobs_of_an_array_are_its_shards() {
        let of = |values: [&str; 5]| {
            let names = ["ID", "MIN", "MAX", "STEP", "COUNT"];
            Shard::of_slurm(|name| {
                let at = names.iter().position(|part| name == format!("SLURM_ARRAY_TASK_{part}"));
                at.map(|at| values[at].to_string()).filter(|text| text != "-")
            })
            .map(|shard| shard.to_string())
            .map_err(|error| error.to_string())
        };
        assert_eq!(of(["1", "1", "8", "1", "8"]).as_deref(), Ok("1/8"));
        assert_eq!(of(["7", "0", "7", "1", "8"]).as_deref(), Ok("8/8"));
        assert_eq!(of(["9", "1", "9", "4", "3"]).as_deref(), Ok("3/3"));
        // --array=0-10:4 ends at 8, whatever is said of the end.
        assert_eq!(of(["8", "0", "8", "4", "3"]).as_deref(), Ok("3/3"));
        assert_eq!(of(["8", "0", "10", "4", "3"]).as_deref(), Ok("3/3"));
        for (values, part) in [
            (["-", "1", "8", "1", "8"], "SLURM_ARRAY_TASK_ID is not set"),
            (["1", "-", "8", "1", "8"], "SLURM_ARRAY_TASK_MIN is not set"),
            (["1", "1", "x", "1", "8"], "SLURM_ARRAY_TASK_MAX is \"x\""),
            (["1", "1", "8", "0", "8"], "SLURM_ARRAY_TASK_STEP is \"0\""),
            (["1", "1", "8", "1", "-1"], "SLURM_ARRAY_TASK_COUNT is \"-1\""),
            (["3", "1", "7", "1", "3"], "use a range, as in sbatch --array=1-8"),
            (["1", "8", "1", "1", "8"], "holes"),
            (["9", "1", "8", "1", "8"], "SLURM_ARRAY_TASK_ID is 9, which is none"),
            (["2", "1", "9", "4", "3"], "SLURM_ARRAY_TASK_ID is 2, which is none"),
        ] {
            let message = of(values).unwrap_err();
            assert!(message.contains(part) && message.contains("--shard slurm"), "{message}");
        }
    }
}
