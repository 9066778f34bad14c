//! The command line of an ablation, to be given again.

use ninth_settings::Value;

use crate::cli::arguments::AblateArguments;
use crate::cli::output::terminal::shell_word;

/// The command line that goes on in the same folder.
pub fn command_in(arguments: &AblateArguments) -> String {
    let folder = arguments.out.as_ref().map(|path| path.display().to_string());
    let out = folder.map(|folder| format!(" --out {}", shell_word(folder)));
    command(arguments) + &out.unwrap_or_default()
}

/// The command line that reproduces the results.
pub fn command(arguments: &AblateArguments) -> String {
    let mut words = vec!["ninth".to_string(), "ablate".to_string()];
    words.extend(arguments.decisions.iter().cloned());
    words.extend(words_of_search(arguments));
    words.extend(words_of_base(arguments));
    words.extend(words_of_budget(arguments));
    let words: Vec<String> = words.into_iter().map(shell_word).collect();
    words.join(" ")
}

/// The options that say what the base is.
pub fn words_of_base(arguments: &AblateArguments) -> Vec<String> {
    let mut words = vec!["--base".to_string(), arguments.base.name().to_string()];
    for assignment in &arguments.set {
        let value = match &assignment.value {
            Value::Text(text) => text.clone(),
            value => value.to_string(),
        };
        words.extend(["--set".to_string(), format!("{}={value}", assignment.key)]);
    }
    words
}

/// The options that say how much is trained, and what is left out of the results.
pub fn words_of_budget(arguments: &AblateArguments) -> Vec<String> {
    let steps = arguments.steps.map(|steps| ["--steps".to_string(), steps.to_string()]);
    let mut words: Vec<String> = steps.into_iter().flatten().collect();
    words.extend(["--seeds".to_string(), arguments.seeds.to_string()]);
    words.extend(arguments.no_times.then(|| "--no-times".to_string()));
    words
}

/// The options of a search.
fn words_of_search(arguments: &AblateArguments) -> Vec<String> {
    let mut words: Vec<String> = arguments.grid.then(|| "--grid".to_string()).into_iter().collect();
    for (name, number) in [
        ("--random", arguments.random),
        ("--sobol", arguments.sobol),
        ("--halving", arguments.halving),
    ] {
        words.extend(number.into_iter().flat_map(|number| [name.to_string(), number.to_string()]));
    }
    words
}
