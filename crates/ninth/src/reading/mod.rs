//! Reading sequences: terms as people paste them, and files of many sequences.
//!
//! | file | what it holds |
//! |---|---|
//! | [`terms`] | the terms of one sequence |
//! | `format.rs` | [`Format`]: the formats of files, and how one is recognised |
//! | `lines.rs` | the lines of a file, compressed or not |
//! | `utf16.rs` | text in UTF-16, which some programs of Windows write |
//! | `rows.rs` | [`Rows`]: the sequences of a file, one after the other |
//! | `delimited.rs` | rows of CSV and its kind |
//! | `json.rs` | rows of JSON lines |
//! | `question.rs` | [`Question`]: a sequence whose last term is asked for |

mod delimited;
mod format;
pub(crate) mod json;
mod lines;
mod question;
mod rows;
pub mod terms;
mod utf16;

pub use format::Format;
pub use lines::Consumed;
pub use question::{Question, questions};
pub use rows::{InputRow, Rows};
