//! Training in stages: a training may begin with the weights of an earlier one.
//!
//! What a model was shown follows from the configs and steps of all its stages, so its files
//! name the earlier ones along with its own.

use crate::{Config, ConfigError};

/// One training of a model: what it was trained with, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it was trained with.
    pub config: Config,
    /// For how many steps; older files do not say.
    pub steps: Option<u64>,
}

/// Before the steps of a stage. Whatever is said beside a config is a comment of its text, so
/// that it is still a config to a program that does not look for it.
const STEPS: &str = "# steps = ";

/// Above the text of an earlier stage.
const EARLIER: &str = "# earlier stage:";

/// Before each of its lines.
const INDENT: &str = "#   ";

impl Stage {
    /// The steps that it had, or that its config plans where that is not known.
    pub fn steps_or_planned(&self) -> u64 {
        self.steps.unwrap_or_else(|| self.config.total_steps())
    }

    /// This stage as a text from which [`from_text`](Self::from_text) reads it again.
    fn text(&self) -> String {
        let steps = self.steps.map_or_else(String::new, |steps| format!("{STEPS}{steps}\n"));
        steps + &self.config.to_text(false)
    }

    /// This stage and those before it, the oldest first, as one text.
    pub fn to_text(&self, earlier: &[Stage]) -> String {
        let mut text = String::new();
        for stage in earlier {
            text += EARLIER;
            text.push('\n');
            for line in stage.text().lines() {
                text += &format!("{INDENT}{line}\n");
            }
        }
        text + &self.text()
    }

    /// The stage that a text is about, and those before it, the oldest first.
    ///
    /// # Errors
    ///
    /// If the config of one of them is not valid.
    pub fn from_text(name: &str, text: &str) -> Result<(Self, Vec<Stage>), ConfigError> {
        let mut earlier: Vec<String> = Vec::new();
        let mut own = None;
        for line in text.lines() {
            match (line.strip_prefix(INDENT), earlier.last_mut()) {
                (Some(line), Some(stage)) => *stage += &format!("{line}\n"),
                _ if line == EARLIER => earlier.push(String::new()),
                _ => own = own.or_else(|| line.strip_prefix(STEPS)),
            }
        }
        let earlier = earlier.iter().enumerate().map(|(index, text)| {
            let steps = text.lines().find_map(|line| line.strip_prefix(STEPS));
            Self::parse(&format!("{name}, earlier stage {}", index + 1), text, steps)
        });
        let earlier = earlier.collect::<Result<_, _>>()?;
        Ok((Self::parse(name, text, own)?, earlier))
    }

    /// The stage of a config's text, with the steps that stand somewhere in it.
    fn parse(name: &str, text: &str, steps: Option<&str>) -> Result<Self, ConfigError> {
        let config = Config::from_text(name, text)?;
        let steps = steps.and_then(|steps| steps.trim().parse().ok());
        // Nothing was trained for longer than its config allows.
        let steps = steps.filter(|steps| *steps <= config.total_steps());
        Ok(Stage { config, steps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(seed: i64, steps: Option<u64>) -> Stage {
        let mut config = Config::default();
        config.training.seed = seed;
        Stage { config, steps }
    }

    #[test]
    fn a_stage_comes_back_with_those_before_it() {
        for earlier in [vec![], vec![stage(1, Some(10))], vec![stage(1, None), stage(2, Some(0))]] {
            for last in [stage(3, Some(4321)), stage(3, None)] {
                let text = last.to_text(&earlier);
                assert_eq!(Stage::from_text("text", &text).unwrap(), (last, earlier.clone()));
                // A program that knows nothing of stages reads the same config.
                assert_eq!(Config::from_text("text", &text).unwrap(), stage(3, None).config);
            }
        }
    }

    #[test]
    fn steps_that_cannot_be_are_unknown() {
        let text = Config::default().to_text(false);
        for (line, expected) in [
            ("", None),
            ("# steps = many\n", None),
            ("# steps = 999999999999\n", None),
            ("# steps = 0\n", Some(0)),
        ] {
            let found = Stage::from_text("text", &format!("{line}{text}")).unwrap().0;
            assert_eq!(found.steps, expected, "{line}");
            assert_eq!(found.steps_or_planned(), expected.unwrap_or(100_000));
        }
    }

    #[test]
    fn a_wrong_config_of_an_earlier_stage_is_named() {
        let text = format!("{EARLIER}\n{INDENT}nonsense = 1\n{}", Config::default().to_text(false));
        let error = Stage::from_text("text", &text).unwrap_err().to_string();
        assert!(error.contains("text, earlier stage 1"), "{error}");
        // Such lines are ordinary comments where no earlier stage was announced.
        let text = format!("{INDENT}nonsense = 1\n{}", Config::default().to_text(false));
        assert_eq!(Stage::from_text("text", &text).unwrap().1, []);
    }
}
