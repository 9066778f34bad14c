//! Reports: pages that show a training, or an ablation, at a glance.
//!
//! A page is one file of HTML with its pictures in it. It has no scripts and loads nothing from
//! a network. All functions are pure, from data to text; the caller writes the text.
//!
//! | file | what it holds |
//! |---|---|
//! | [`training`] | the page of a training |
//! | [`ablation`] | the page and the picture of an ablation |
//! | [`page`] | the frame of a page, its tables and cards |
//! | [`bar_list`] | a list of bars, in as many columns as fit |
//! | [`chart`] | charts as SVG |
//! | [`mod@format`] | numbers formatted for people |

#![forbid(unsafe_code)]

pub mod ablation;
pub mod bar_list;
pub mod chart;
pub mod format;
mod markup;
pub mod page;
pub mod training;
