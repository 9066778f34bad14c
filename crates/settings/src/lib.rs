//! How a decision becomes a key of the config: names, bounds, reading,
//! printing, and errors that say what is allowed.
//!
//! A room of the project declares its own options with [`options!`] and its own
//! section with [`settings!`], beside the code that they steer:
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
//! A config is a struct of such sections; [`Sections`] reads text and
//! `key=value` pairs into it and prints it again.

#![forbid(unsafe_code)]

mod document;
mod error;
mod setting;

pub use document::{Assignment, Sections, nearest, parse_assignment, parse_document, render};
pub use error::Error;
pub use setting::{Entry, Key, Refusal, Section, Setting, Value, within};

/// Defines an enum whose variants are the options of a decision, each with the
/// name it has in a config and a one-line meaning (its documentation).
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
        }
    };
}

/// Defines a struct that is a section of the config: each field with its
/// default, an optional range, and its documentation as the one-line meaning.
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

            fn entries(&self) -> Vec<$crate::Entry> {
                vec![$(
                    $crate::Entry {
                        section: $section,
                        key: stringify!($field),
                        value: $crate::Setting::write(&self.$field),
                        allowed: $crate::settings!(@allowed $type $(, $range)?),
                        choices: <$type as $crate::Setting>::choices(),
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
    (@allowed $type:ty, $range:expr) => {
        format!(
            "{} from {} to {}",
            <$type as $crate::Setting>::allowed(),
            <$type as $crate::Setting>::write($range.start()),
            <$type as $crate::Setting>::write($range.end()),
        )
    };
}
