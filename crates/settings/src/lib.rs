//! The keys of a config: names, bounds, reading, printing, and errors that say what is allowed.
//!
//! A part of the project declares its options with [`options!`] and its section with
//! [`settings!`], beside the code that they control:
//!
//! ```
//! ninth_settings::options! {
//!     /// Where the noise is added.
//!     pub enum Noise {
//!         /// nowhere
//!         None = "none",
//!         /// to every weight
//!         Weights = "weights",
//!     }
//! }
//!
//! ninth_settings::settings! {
//!     /// Noise in the weights.
//!     pub struct NoiseSettings: "noise" {
//!         /// where noise is added
//!         pub kind: Noise = Noise::None;
//!         /// its size
//!         pub size: f64 = 0.1, in 0.0..=1.0;
//!     }
//! }
//!
//! use ninth_settings::{Section, Value};
//!
//! let mut noise = NoiseSettings::default();
//! noise.set("kind", &Value::Text("weights".into())).unwrap();
//! assert_eq!(noise.kind, Noise::Weights);
//! let refusal = noise.set("size", &Value::Float(2.0)).unwrap_err();
//! assert_eq!(refusal.allowed, "a number from 0.0 to 1.0");
//! ```
//!
//! A config is a struct of such sections that implements [`Sections`]. It is set from a TOML
//! document ([`parse_document`]) or from `key=value` pairs ([`parse_assignment`]), and printed
//! with [`render`].
//!
//! # Why not serde alone
//!
//! With serde, the bounds of a value, its meaning and the list of allowed names would have to be
//! written a second time for `--help`, for the comments in a printed config and for messages such
//! as "did you mean"; here the declaration of a field is the only place for all of them. A config
//! is also merged from several sources, key by key (defaults, a file, `--set`), with the file and
//! line of each assignment in its error, and enumerated key by key, for comparisons of runs; serde
//! reads whole structs, and gives neither.

#![forbid(unsafe_code)]

mod document;
mod error;
mod setting;

pub use document::{
    Assignment, Sections, nearest, parse_assignment, parse_document, qualify, render,
};
pub use error::Error;
pub use setting::{Key, Refusal, Section, Setting, SettingEntry, Value, within};

/// Defines an enum whose variants are the options of a decision. Each has its name in a config
/// and a one-line meaning (its documentation).
///
/// ```
/// use ninth_settings::{Setting, Value};
///
/// ninth_settings::options! {
///     /// A direction.
///     pub enum Direction {
///         /// towards larger numbers
///         Up = "up",
///         /// towards smaller numbers
///         Down = "down",
///     }
/// }
///
/// assert_eq!(Direction::read(&Value::Text("down".into())), Some(Direction::Down));
/// assert_eq!(Direction::allowed(), "up | down");
/// ```
#[macro_export]
macro_rules! options {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $( $(#[doc = $meaning:literal])+ $variant:ident = $text:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $visibility enum $name {
            $( $(#[doc = $meaning])+ $variant ),+
        }

        impl $name {
            /// Every option, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),+];

            /// The name in a config.
            pub const fn name(self) -> &'static str {
                match self { $( $name::$variant => $text ),+ }
            }
        }

        impl $crate::Setting for $name {
            fn read(value: &$crate::Value) -> Option<Self> {
                match value {
                    $crate::Value::Text(text) => {
                        Self::ALL.iter().copied().find(|option| option.name() == text)
                    }
                    _ => None,
                }
            }

            fn write(&self) -> $crate::Value {
                $crate::Value::Text(self.name().to_string())
            }

            fn allowed() -> String {
                let names: Vec<_> = Self::ALL.iter().map(|option| option.name()).collect();
                names.join(" | ")
            }

            fn choices() -> Vec<&'static str> {
                Self::ALL.iter().map(|option| option.name()).collect()
            }

            fn meanings() -> Vec<&'static str> {
                vec![$( concat!($($meaning),+).trim() ),+]
            }
        }
    };
}

/// Defines a struct that is a [`Section`] of the config: each field with its default, an optional
/// range, and its documentation as the one-line meaning. The [crate] documentation has an example.
#[macro_export]
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident: $section:literal {
            $(
                $(#[doc = $meaning:literal])+
                pub $field:ident: $type:ty = $default:expr $(, in $range:expr)?;
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $visibility struct $name {
            $( $(#[doc = $meaning])+ pub $field: $type ),+
        }

        impl Default for $name {
            fn default() -> Self {
                $name { $( $field: $default ),+ }
            }
        }

        impl $crate::Section for $name {
            fn name(&self) -> &'static str {
                $section
            }

            fn keys(&self) -> &'static [&'static str] {
                &[$( stringify!($field) ),+]
            }

            fn values(&self) -> Vec<$crate::Value> {
                vec![$( $crate::Setting::write(&self.$field) ),+]
            }

            fn entries(&self) -> Vec<$crate::SettingEntry> {
                vec![$(
                    $crate::SettingEntry {
                        section: $section,
                        key: stringify!($field),
                        value: $crate::Setting::write(&self.$field),
                        allowed: $crate::settings!(@allowed $type $(, $range)?),
                        bounds: $crate::settings!(@bounds $type $(, $range)?),
                        choices: <$type as $crate::Setting>::choices(),
                        meanings: <$type as $crate::Setting>::meanings(),
                        meaning: concat!($($meaning),+).trim(),
                    }
                ),+]
            }

            fn set(&mut self, key: &str, value: &$crate::Value) -> Result<(), $crate::Refusal> {
                match key {
                    $(
                        stringify!($field) => {
                            let read = <$type as $crate::Setting>::read(value);
                            $( let read = read.filter(|read| $crate::within(read, &$range)); )?
                            match read {
                                Some(read) => {
                                    self.$field = read;
                                    Ok(())
                                }
                                None => Err($crate::Refusal {
                                    known_key: true,
                                    allowed: $crate::settings!(@allowed $type $(, $range)?),
                                    choices: <$type as $crate::Setting>::choices(),
                                }),
                            }
                        }
                    )+
                    _ => Err($crate::Refusal::unknown_key()),
                }
            }
        }
    };
    (@allowed $type:ty) => { <$type as $crate::Setting>::allowed() };
    (@bounds $type:ty) => { None };
    (@bounds $type:ty, $range:expr) => {
        Some([
            <$type as $crate::Setting>::write($range.start()),
            <$type as $crate::Setting>::write($range.end()),
        ])
    };
    (@allowed $type:ty, $range:expr) => {
        format!(
            "{} from {} to {}",
            <$type as $crate::Setting>::allowed(),
            <$type as $crate::Setting>::write($range.start()),
            <$type as $crate::Setting>::write($range.end()),
        )
    };
}
