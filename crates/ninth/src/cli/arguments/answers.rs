//! Arguments of the commands that answer.

use std::path::PathBuf;

use clap::Args;
use ninth_inference::answer::Method;
use ninth_model::decoding::{DecodingKind, Generation};
use ninth_sequences::{Family, Phase};

use super::trainings::{ChangedArguments, ConfigArguments};
use super::values::{
    decodings, families, few, formats, generations, methods, phases, seed, sequences, temperature,
};
use crate::cli::error::Error;
use crate::cli::output::answer::AnswerPrinter;
use crate::cli::output::formula::Notation;
use crate::cli::output::rows::RowFormat;
use crate::cli::output::terminal::Style;
use crate::cli::output::width;
use crate::model::Model;
use crate::reading::Format;

/// The sequences that are asked about.
#[derive(Debug, Args)]
pub struct InputArguments {
    /// The terms so far; - reads sequences from standard input
    #[arg(value_name = "TERMS")]
    pub terms: Vec<String>,
    /// Read sequences from a file, .gz too
    #[arg(long, value_name = "FILE", conflicts_with = "terms")]
    pub file: Option<PathBuf>,
    /// Its format, if not recognised; a wrong one lists all
    #[arg(long, value_name = "FORMAT", value_parser = formats(), hide_possible_values = true)]
    pub format: Option<Format>,
}

/// The model that is asked.
#[derive(Debug, Args)]
pub struct ModelArguments {
    /// Weights, or a run's folder [default: built-in]
    #[arg(long, value_name = "FILE|DIR", group = "weights")]
    pub model: Option<PathBuf>,
    #[command(flatten)]
    pub changed: ChangedArguments,
}

impl ModelArguments {
    /// Loads it.
    ///
    /// # Errors
    ///
    /// If there is none, or the file is damaged.
    pub fn load(&self) -> Result<Model, Error> {
        Ok(match &self.model {
            Some(path) => Model::load_with(path, self.changed.options())?,
            None => Model::built_in()?,
        })
    }
}

/// Candidates or rules that are looked at where none are asked for.
const LOOKED_AT: usize = 5;

/// What is printed of an answer.
#[derive(Debug, Args)]
pub struct ShownArguments {
    /// Show all of them
    #[arg(long, conflicts_with = "top")]
    pub all: bool,
    /// Show who says what: relations, model, coincidence
    #[arg(long, short, conflicts_with_all = ["json", "csv"])]
    pub verbose: bool,
    /// Print formulas in LaTeX
    #[arg(long, conflicts_with = "json")]
    pub latex: bool,
    /// Print CSV: id,next,probability,name,number,formula
    #[arg(long, conflicts_with_all = ["json", "top", "all"])]
    pub csv: bool,
    /// Print JSON, one object per sequence
    #[arg(long)]
    pub json: bool,
}

impl ShownArguments {
    /// How many sequences are printed.
    pub fn row_format(&self) -> RowFormat {
        match (self.json, self.csv) {
            (true, _) => RowFormat::Json,
            (false, true) => RowFormat::Csv,
            (false, false) => RowFormat::Table,
        }
    }

    /// How many candidates or rules are looked at, given those that are asked for.
    pub fn looked_at(&self, top: Option<u32>) -> usize {
        match (top, self.all) {
            (Some(top), _) => top as usize,
            (None, true) => usize::MAX,
            (None, false) => LOOKED_AT,
        }
    }

    /// How formulas are written.
    pub fn notation(&self) -> Notation {
        Notation::new(self.latex)
    }

    /// How an answer is printed; `top`: whether candidates are listed.
    pub fn layout(&self, style: Style, top: bool) -> AnswerPrinter {
        AnswerPrinter {
            style,
            width: width::of_stdout(),
            notation: self.notation(),
            listed: self.all || top,
            verbose: self.verbose,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth predict 1 1 2 3 5 8 13 21
  ninth predict \"[2, 4, 6, ...]\" --count 5
  ninth predict --file sequences.csv --csv
  ninth predict --top 3 --verbose 1 2 4 8
  ninth predict 3 1 4 1 5 --count 8 --decoding beam --beam-width 8
  ninth predict 3 1 4 1 5 --count 8 --decoding sample --temperature 0.7 --seed 1
  ninth predict --model runs/strong-1 --json 10 20 30

Terms are integers of any size, separated by spaces, commas or semicolons, with
or without brackets and a trailing ... or ?. The model sees the last eight of
them (one trained with another sequences.context another number), rules all.

A file has one sequence a line, columns (CSV with `id,terms` or `Id,Sequence`,
in any order; semicolons or tabs do, too), lines of the OEIS file `stripped`,
one of its b-files, or JSON lines. Its format is recognised and said.

--method says who is asked: the model, the rules that fit all terms (relations,
see `ninth explain`), or both (blend), rules weighing more the surer it is that
one is right. Only the model alone is bound to its range.

Shown are the answer, its name and rule, how sure it is, and at most two others
that are likelier than one in a hundred. --top and --all list more candidates,
with the rules behind them.

--decoding is how terms are chosen: the likeliest one each time (greedy), the
likeliest continuation as a whole (beam), or by their probabilities (sample). It
is about the model alone: with it --method is model. --generation is how the
model's terms are computed, with the same result. What is not given is as in the
section [generation] of the config that the model was trained with.

--json prints one object per sequence, with its id where it is from a file:
  terms       the terms given
  ignored     how many of them, from the first, the model could not see
  next        the predicted terms, --count of them; fewer where a rule ends or
              exceeds 20,000 digits, none where only rules are asked and none
              fits
  candidates  for the first of them, the most likely first, --top of them:
              [{\"term\": 34, \"probability\": 0.99, \"sources\": {...},
              \"formula\": ..., \"latex\": ..., \"name\": ..., \"number\":
              \"A000045\", \"rule_probability\": 0.98}, ...]; sources are the
              parts of rules, model and forecasts; the last five fields are of
              the most probable rule behind it, null where there is none; of a
              regression only the predicted term, its probability null
  other       the probability that it is none of them
  shares      what rules, model and forecasts have to share out in all
  beyond_range  the first of next, counted from 0, that lies beyond what the
              model knows, or null
  model       \"embedded\", or the path of the weights
  method      who was asked: \"model\", \"relations\" or \"blend\"
  decoding    of the model alone, how its terms were chosen, else null")]
pub struct PredictArguments {
    #[command(flatten)]
    pub input: InputArguments,
    #[command(flatten)]
    pub model: ModelArguments,
    /// How many terms to predict
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1, value_parser = few(),
        allow_negative_numbers = true)]
    pub count: u32,
    /// List this many candidates for the next term [JSON: 5]
    #[arg(long, value_name = "N", value_parser = few(), allow_negative_numbers = true)]
    pub top: Option<u32>,
    #[command(flatten)]
    pub shown: ShownArguments,
    /// model, relations or blend [default: blend]
    #[arg(long, value_name = "WHO", value_parser = methods(), hide_possible_values = true)]
    pub method: Option<Method>,
    /// greedy, beam or sample [default: model's]
    #[arg(long, value_name = "HOW", value_parser = decodings(), hide_possible_values = true)]
    pub decoding: Option<DecodingKind>,
    /// How many continuations a beam keeps
    #[arg(long, value_name = "N", allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub beam_width: Option<u32>,
    /// Of sampling: flat above 1, sharp below
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = temperature)]
    pub temperature: Option<f64>,
    /// Of sampling: only the K likeliest terms; 0: all
    #[arg(long, value_name = "K", allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub top_k: Option<u32>,
    /// Of sampling: the seed [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = seed())]
    pub seed: Option<u64>,
    /// cached, naive or parallel [default: model's]
    #[arg(long, value_name = "HOW", value_parser = generations(), hide_possible_values = true)]
    pub generation: Option<Generation>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth explain 1 1 2 3 5 8
  ninth explain 1, 2, 6, 12, 36 --count 8
  ninth explain --all --latex 1 2 6 12 36
  ninth explain --file sequences.csv
  ninth explain 1000 -37 4 --json

The rules that have all of these terms, each with the terms that follow: the
shortest to say, then the most probable others. The fewer bits a rule takes, the
more probable it is; of those that go on alike, the shortest stands for all.
Terms may be integers of any size; more of them say more (of more than 10,000
the last 1,000 are looked at). The probabilities are those that a rule is right:
what is missing from 100 % is that all of them fit by coincidence. What the
model expects counts for a rule or against it, so that `ninth predict` has the
same probabilities.

Shown are the most probable rule and at most two others that are likelier than
one in a hundred; --top and --all list more. Terms and files are read as by
`ninth predict`.

--json prints one object per sequence, with its id where it is from a file:
  terms       the terms given
  confidence  the probability that one of the rules is right
  found       how many rules fit, counting those that go on alike once
  relations   --top of them: [{\"formula\": \"a(n) = n^2\", \"latex\": ...,
              \"name\": ..., \"number\": \"A000290\", \"probability\": 0.9,
              \"next\": [36, 49, 64, 81]}, ...], where name and number are those
              of a known sequence, or null
  beginning   where none is likely, the part of the terms that follows one:
              {\"terms\": 7, \"formula\": ..., \"latex\": ..., \"name\": ...,
              \"number\": ...}, or null")]
pub struct ExplainArguments {
    #[command(flatten)]
    pub input: InputArguments,
    #[command(flatten)]
    pub model: ModelArguments,
    /// How many terms to continue them by
    #[arg(short = 'n', long, value_name = "N", default_value_t = 4, value_parser = few(),
        allow_negative_numbers = true)]
    pub count: u32,
    /// List this many rules [JSON: 5]
    #[arg(long, value_name = "N", value_parser = few(), allow_negative_numbers = true)]
    pub top: Option<u32>,
    #[command(flatten)]
    pub shown: ShownArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth sample
  ninth sample --phase 3 --count 5 --seed 7
  ninth sample --phase 4
  ninth sample --family fibonacci --json

--json prints one object per line, with family, phase, terms and formula.")]
pub struct SampleArguments {
    /// 1 simple, 2 nested, 3 combined, 4 wider [default: 1 to 3]
    #[arg(long, value_name = "N", value_parser = phases(), hide_possible_values = true,
        conflicts_with = "family")]
    pub phase: Option<Phase>,
    /// Of one family, such as fibonacci; a wrong name lists all
    #[arg(long, value_name = "NAME", value_parser = families(), hide_possible_values = true)]
    pub family: Option<Family>,
    /// How many sequences
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = sequences(),
        allow_negative_numbers = true)]
    pub count: u64,
    /// Seed of all random choices
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed(),
        allow_negative_numbers = true)]
    pub seed: u64,
    /// Print JSON, one object per line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth evaluate
  ninth evaluate --model runs/strong-1 -n 100000
  ninth evaluate --data sequences.csv --json
  ninth evaluate --never-trained

A data file is read as by `ninth predict --file`; the last term of a sequence is
asked for from those before it.

Beside the model stand rules that need no training: repeat the last term; linear
(the last step again); difference (constant k-th differences, k up to 3);
period; recurrence (linear with a constant, order up to 3, rational factors);
and their stack, the first of the last three that fits all terms, else linear.

The model's answers, those of rules (relations, see `ninth explain`) and a blend
of both are judged side by side; --method says which of them the rows of a file
have. Terms of a file may be integers of any size: every row is judged, and a
method that cannot answer it is silent, and not right. Of the chosen method it
is also shown how sure its answers are, and how often they are right.

Calibration is whether the model alone is as sure as it is right: ten bins of
confidence, the expected calibration error, and the same with logits divided by
the temperature that fits fresh sequences of another stream best.

Behind a share, ± is its standard error in points: what chance alone, by which
the sequences are drawn, makes of it. A model whose share is within two of them
of the limit may be as good; it may even be above the limit, which is exact.

--json prints one object with all figures; with --data, one object per row, with
id, terms, target, candidates as `ninth predict --json` has them, five of them,
or none where the method is silent; and rules: what each classical rule says,
null if nothing. With --summary one object for a file. Among the fields:
  top_1, top_5, answered, distance, ece, sure, likely
                 of the chosen method, and under methods of each: the shares of
                 right first candidates, of right ones among five and of rows
                 with an answer; the mean distance; the expected calibration
                 error; the answers with at least 99 % and 90 %: {at_least,
                 count, right}
  reliability    of the chosen method, ten bins of the probability of the first
                 candidate: [{from, to, count, confidence, accuracy}, ...]
  rules          by name: accuracy, applies (how often it says something),
                 accuracy_applied (how often it is right then), distance; of
                 fresh sequences under last and all, the positions
  calibration    under last and all: temperature; plain and tempered: count,
                 error, cross_entropy, bins: [{from, to, count, confidence,
                 accuracy}, ...]; a regression has none
  limit          figures of the best possible predictor (`ninth limit`)
  standard_error of top_1; under all, phases and families those of
                 accuracy_last, accuracy_all and accuracy_whole
  never_trained  steps, sequences, tuples, never_drawn, looked_at;
                 never, drawn, drawn_alike and families: the accuracies")]
pub struct EvaluateArguments {
    #[command(flatten)]
    pub model: ModelArguments,
    /// Judge by the sequences in a file; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "seed"])]
    pub data: Option<PathBuf>,
    /// Its format, if not recognised; a wrong one lists all
    #[arg(long, value_name = "FORMAT", value_parser = formats(), hide_possible_values = true,
        requires = "data")]
    pub format: Option<Format>,
    /// Of --data: model, relations or blend [default: blend]
    #[arg(long, value_name = "WHO", value_parser = methods(), hide_possible_values = true,
        requires = "data")]
    pub method: Option<Method>,
    /// How many fresh sequences to judge by
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10_000,
        value_parser = sequences(), allow_negative_numbers = true)]
    pub count: u64,
    /// Their seed [default: that of the model's training]
    #[arg(long, value_name = "N", value_parser = seed(), allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Judge also by parameters that training never drew
    #[arg(long, conflicts_with = "data")]
    pub never_trained: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// With --data --json: the figures, not the rows
    #[arg(long, requires_all = ["data", "json"])]
    pub summary: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ninth limit
  ninth limit --set sequences.context=16
  ninth limit --set sequences.minimum=-128 --set sequences.maximum=127 --json

What can be drawn is finite, so the best predictor of it can be computed: it
goes through every relation with its probability, knows the terms so far, and
names the most probable next term. No model is right more often after so many
terms, on average over all sequences. The figures are those of `ninth evaluate`,
under the mixture that a training ends with.

Keys of the sections sequences and curriculum decide; they may be given without
their section here, as in --set minimum=-128 --set maximum=127.

What was enumerated is kept in your cache folder, or in the one that the
variable NINTH_CACHE names (none if it is empty); the first use takes longer.

--json prints one object:
  relations, probability  how many were enumerated, and their probability
  exact, seconds          true: nothing is sampled; the time it took
  minimum, maximum, context
  all, phases, families   share (of all sequences), accuracy_last,
                          accuracy_all, accuracy_whole, accuracy_by_position,
                          cross_entropy, distance, and least_distance: that of
                          the median instead of the most probable term")]
pub struct LimitArguments {
    #[command(flatten)]
    pub config: ConfigArguments,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
