//! Mutation: valid inputs with a few changes.
//!
//! An input is a pure function of a seed and a number, so that every failure can be reproduced.

use std::ops::Range;
use std::sync::LazyLock;

use ninth_model::weights;
use ninth_sequences::Rng;
use ninth_settings::Sections;
use ninth_training::Config;

use crate::{Target, seeds};

/// The format of a target's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// A safetensors file with a checksum.
    Tensors,
    /// An index of relations, with checksums.
    Index,
}

/// The longest input, so that a few long ones do not take all of the time.
const LONGEST: usize = 1 << 16;

/// Boundary values.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "16",
    "255",
    "256",
    "257",
    "4096",
    "65535",
    "65536",
    "1000000",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "0.5",
    "1e9",
    "1e308",
    "1e-320",
    "1e999",
    "-0.0",
    "0x7FFFFFFFFFFFFFFF",
    "0b101",
    "1_000",
    "inf",
    "-nan",
    "007",
    "+5",
];

/// Tokens of the text formats.
const TOKENS: &[&str] = &[
    "=",
    ",",
    ",,",
    ".",
    "+",
    "-",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":{\"a\":",
    "\"",
    "\"\"\"",
    "'",
    "''",
    "\\",
    "\\n",
    "\\u0000",
    "\\uD800",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
    " ",
    "#",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{3000}",
    "\u{feff}",
    "é",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "2020-01-01",
    "id,terms",
    "\"steps\":\"5\"",
    "\"stages\":\"[]\"",
    "\"format\":2",
    "\"failed\":\"\"",
    "\"curve\":[[1,2,3]]",
    "__metadata__",
    "ninth.v1",
    "crc32c 00000000",
    "\"F16\"",
    "\"shape\":[0]",
    "\"shape\":[18446744073709551615,2]",
    "\"data_offsets\":[0,0]",
    "first_moment.",
    "best.",
    "best_step",
];

/// Numbers, tokens, and all keys and options of a config.
static DICTIONARY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut words: Vec<String> =
        TOKENS.iter().chain(NUMBERS).map(|text| text.to_string()).collect();
    for entry in Config::default().entries() {
        words.push(format!("[{}]\n", entry.section));
        words.push(format!("\n{} = {}\n", entry.key, entry.value));
        words.push(entry.path());
        words.extend(entry.choices.iter().map(|choice| choice.to_string()));
        words.push(entry.key.to_string());
    }
    words
});

/// Generates the inputs of a target.
pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    form: Form,
    /// Separates the random numbers of the targets.
    stream: u64,
}

impl Mutator {
    /// The generator of a target.
    pub fn new(target: &Target) -> Self {
        let name = target.name.bytes();
        let stream = name.fold(0, |hash: u64, byte| hash.wrapping_mul(257) + u64::from(byte));
        Self { seeds: seeds(target.name), form: target.form, stream }
    }

    /// The input with this number.
    pub fn input(&self, seed: u64, number: u64) -> Vec<u8> {
        let mut rng = Rng::for_sample(seed, self.stream, number);
        let from = self.one_of(&mut rng);
        let mut bytes = match self.form {
            Form::Text => self.mutated(from, &mut rng),
            Form::Tensors => self.mutated_tensors(from, &mut rng),
            Form::Index => self.mutated(from, &mut rng),
        };
        bytes.truncate(LONGEST.max(from.len()));
        // Some checksums stay wrong, or the check of them would not be tested.
        if rng.below(4) > 0 { repaired(self.form, bytes) } else { bytes }
    }

    fn one_of(&self, rng: &mut Rng) -> &[u8] {
        pick(&self.seeds, rng).map_or(&[], Vec::as_slice)
    }

    /// Makes a few changes, mostly one or two.
    fn mutated(&self, from: &[u8], rng: &mut Rng) -> Vec<u8> {
        let mut bytes = from.to_vec();
        loop {
            self.change(&mut bytes, rng);
            if rng.below(2) == 0 {
                return bytes;
            }
        }
    }

    /// Changes the header, with its length corrected, or the data behind it.
    fn mutated_tensors(&self, from: &[u8], rng: &mut Rng) -> Vec<u8> {
        let parts = from.split_first_chunk().and_then(|(length, rest)| {
            rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
        });
        let Some((header, data)) = parts.filter(|_| rng.below(4) > 0) else {
            return self.mutated(from, rng);
        };
        let (mut header, mut data) = (header.to_vec(), data.to_vec());
        match rng.below(8) {
            0 => data = self.mutated(&data, rng),
            1 => {
                header = self.mutated(&header, rng);
                data = self.mutated(&data, rng);
            }
            _ => header = self.mutated(&header, rng),
        }
        [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
    }

    /// Makes one change.
    fn change(&self, bytes: &mut Vec<u8>, rng: &mut Rng) {
        let at = rng.below(bytes.len() as u64 + 1) as usize;
        match rng.below(16) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << rng.below(8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = rng.next_u64() as u8;
                }
            }
            2 => drop(bytes.drain(some(bytes, rng))),
            3 => {
                let copy = bytes[some(bytes, rng)].to_vec();
                insert(bytes, at, &copy);
            }
            4 => {
                // Splices two inputs.
                let other = self.one_of(rng);
                bytes.truncate(at);
                bytes.extend(&other[some(other, rng).start..]);
            }
            5 => {
                let other = self.one_of(rng);
                insert(bytes, at, &other[some(other, rng)]);
            }
            6 => bytes.truncate(at),
            7 => {
                // Overwrites a binary number.
                let number = [0, 1, 0x7F, 0xFF, 0xFFFF, u32::MAX.into(), i64::MAX as u64, u64::MAX];
                let number = pick(&number, rng).map_or(0, |number| *number).to_le_bytes();
                let length = 1 << rng.below(4);
                let places = bytes.iter_mut().skip(at);
                places.zip(&number[..length]).for_each(|(place, byte)| *place = *byte);
            }
            8 => {
                // Moves or repeats a line.
                let line = line(bytes, at);
                let copy = bytes[line.clone()].to_vec();
                if rng.below(2) == 0 {
                    bytes.drain(line);
                }
                let at = rng.below(bytes.len() as u64 + 1) as usize;
                let at = line_start(bytes, at);
                insert(bytes, at, &copy);
            }
            9 => {
                for _ in 0..=rng.below(8) {
                    bytes.insert(at, rng.next_u64() as u8);
                }
            }
            10 | 11 => {
                if let Some(token) = pick(&DICTIONARY, rng) {
                    insert(bytes, at, token.as_bytes());
                }
            }
            12..14 => {
                let run = run(bytes, at, |byte| byte.is_ascii_digit());
                let number = pick(NUMBERS, rng).map_or("", |number| *number);
                bytes.splice(run, number.bytes());
            }
            14 => {
                let run = run(bytes, at, |byte| byte.is_ascii_digit());
                let number = rng.next_u64() >> rng.below(64);
                bytes.splice(run, number.to_string().bytes());
            }
            _ => {
                let word = run(bytes, at, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
                let token = pick(&DICTIONARY, rng).map_or("", String::as_str);
                bytes.splice(word, token.bytes());
            }
        }
    }
}

fn pick<'a, T>(from: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    from.get(rng.below(from.len() as u64) as usize)
}

fn insert(bytes: &mut Vec<u8>, at: usize, inserted: &[u8]) {
    bytes.splice(at..at, inserted.iter().copied());
}

/// A range of the bytes, mostly a short one.
fn some(bytes: &[u8], rng: &mut Rng) -> Range<usize> {
    let start = rng.below(bytes.len() as u64 + 1) as usize;
    let most = (bytes.len() - start) as u64;
    let most = if rng.below(4) > 0 { most.min(16) } else { most };
    start..start + rng.below(most + 1) as usize
}

/// The next run of bytes of a kind, from a position on.
fn run(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Range<usize> {
    let end = bytes.len();
    let start = bytes[from..].iter().position(|byte| is(*byte)).map_or(end, |at| from + at);
    let length = bytes[start..].iter().take_while(|byte| is(**byte)).count();
    start..start + length
}

/// The start of the line at a position.
fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// The range of the line at a position, with its end.
fn line(bytes: &[u8], at: usize) -> Range<usize> {
    let end = bytes[at..].iter().position(|byte| *byte == b'\n');
    line_start(bytes, at)..end.map_or(bytes.len(), |end| at + end + 1)
}

/// Corrects the checksums, where the format has them: without, nearly all changes would be
/// refused before anything else is read.
pub fn repaired(form: Form, mut bytes: Vec<u8>) -> Vec<u8> {
    match form {
        Form::Text => {}
        Form::Tensors => drop(weights::seal(&mut bytes)),
        Form::Index => drop(seeds::index_key().seal(&mut bytes)),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TARGETS;

    #[test]
    fn a_number_gives_the_same_input_each_time() {
        for target in TARGETS {
            let [a, b] = [(); 2].map(|()| Mutator::new(target));
            assert!((0..50).all(|number| a.input(3, number) == b.input(3, number)));
            assert!((0..50).any(|number| a.input(3, number) != a.input(4, number)));
        }
    }

    #[test]
    fn repairing_leaves_valid_inputs_as_they_are_and_makes_damaged_ones_valid() {
        for target in TARGETS.iter().filter(|target| target.form != Form::Text) {
            for seed in seeds(target.name) {
                assert!(repaired(target.form, seed.clone()) == seed, "{}", target.name);
                let mut damaged = seed;
                let place = damaged.len() - 3;
                damaged[place] ^= 1;
                assert!(!(target.run)(&damaged), "{}", target.name);
                assert!((target.run)(&repaired(target.form, damaged)), "{}", target.name);
            }
        }
    }
}
