//! Dots: the values of several things on one axis, with their means.

use super::axis::{Axis, Fit, Scale, Unit};
use super::{Anchor, Colour, Drawing, LINE, MARGIN, Plot, WIDTH, shortened, width_of, wrapped};
use crate::format::percent;
use crate::markup::{Coordinate as C, escape, push};
use ninth_evaluation::ablation::results::Spread;

/// A row of a dot plot: one of the options compared.
#[derive(Clone, Debug)]
pub struct DotRow {
    /// Its name.
    pub name: String,
    /// Whether the others are compared with it.
    pub is_default: bool,
    /// Its values, each with its text under the pointer.
    pub values: Vec<(f64, String)>,
    /// The text in place of the mean if there are no values.
    pub without: String,
}

/// A dot plot: shares of several options, a row for each.
#[derive(Clone, Debug)]
pub struct Dots<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The caption of the axis.
    pub x: &'a str,
    /// The rows.
    pub rows: Vec<DotRow>,
    /// Rows of other charts below it. Their names and values count for the width and the axis,
    /// so that all charts have the same axis.
    pub others: Vec<DotRow>,
    /// Whether names are lines above the dots: long ones, all of which is to be read.
    pub names_above: bool,
}

/// How much wider bold type is.
const BOLD: f64 = 1.1;

impl DotRow {
    fn known(&self) -> impl Iterator<Item = &(f64, String)> {
        self.values.iter().filter(|value| value.0.is_finite())
    }

    /// The width of its name, which is bold if it is the default.
    fn width(&self) -> f64 {
        width_of(&self.name) * if self.is_default { BOLD } else { 1.0 }
    }

    fn mean(&self) -> f64 {
        Spread::of(&self.known().map(|value| value.0).collect::<Vec<_>>()).mean
    }
}

impl Dots<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        const ROW: f64 = 24.0;
        let mut drawing = Drawing::new(0.0, self.label);
        let rows = || self.rows.iter().chain(&self.others);
        let values = rows().flat_map(|row| row.known().map(|value| value.0));
        let axis = Axis::new(Scale::Linear, Unit::Share, Fit::Ticks, 4, values);
        let names = match self.names_above {
            true => 0.0,
            false => rows().map(DotRow::width).fold(0.0, f64::max).min(WIDTH / 2.7),
        };
        let left = names + 2.0 * MARGIN;
        let top = MARGIN;
        // Bold names are a little wider.
        let above: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| match self.names_above {
                true => wrapped(&row.name, (WIDTH - left - MARGIN) / BOLD),
                false => Vec::new(),
            })
            .collect();
        let lines: usize = above.iter().map(Vec::len).sum();
        let bottom = top + ROW * self.rows.len() as f64 + LINE * lines as f64;
        let right = WIDTH - width_of("100.0 %") - MARGIN;
        let plot = Plot { left, top, right, bottom };
        drawing.height = bottom + 2.0 * LINE + 4.0;
        for &tick in axis.ticks() {
            let x = plot.x(&axis, tick);
            drawing.line("grid", (x, top), (x, bottom));
        }
        let default = self.rows.iter().find(|row| row.is_default).map(DotRow::mean);
        if let Some(mean) = default.filter(|mean| mean.is_finite()) {
            let x = plot.x(&axis, mean);
            drawing.line("ref", (x, top), (x, bottom));
        }
        let mut y = top - 0.5 * ROW;
        for (row, above) in self.rows.iter().zip(&above) {
            y += ROW;
            let class = if row.is_default { "b" } else { "" };
            if self.names_above {
                for line in above {
                    drawing.text(left, y + 4.0, class, Anchor::Start, line);
                    y += LINE;
                }
            } else {
                let room = names * width_of(&row.name) / row.width().max(1.0);
                let name = shortened(&row.name, room);
                drawing.text(left - 8.0, y + 4.0, class, Anchor::End, &name);
            }
            let colour = if row.is_default { Colour::Ink } else { Colour::Series(0) }.class();
            for (value, word) in row.known() {
                let [x, y] = [plot.x(&axis, *value), y].map(C);
                let word = escape(word);
                push!(
                    drawing.body,
                    "<circle class=\"dot {colour}\" cx=\"{x}\" cy=\"{y}\" r=\"4.5\">\
                     <title>{word}</title></circle>",
                );
            }
            let mean = row.mean();
            if mean.is_finite() {
                let x = plot.x(&axis, mean);
                drawing.line(&format!("line {colour}"), (x, y - 8.0), (x, y + 8.0));
                let at = WIDTH - MARGIN / 2.0;
                drawing.text(at, y + 4.0, class, Anchor::End, &percent(mean));
            } else {
                drawing.text(left + 4.0, y + 4.0, "m", Anchor::Start, &row.without);
            }
        }
        plot.draw_x(&mut drawing, &axis, self.x);
        drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;
    use proptest::prelude::*;

    fn draw(rows: Vec<(String, Vec<f64>)>) -> String {
        let rows = rows.into_iter().enumerate().map(|(index, (name, values))| DotRow {
            values: values.into_iter().map(|value| (value, name.clone())).collect(),
            name,
            is_default: index == 0,
            without: "<refused>".to_string(),
        });
        let rows: Vec<DotRow> = rows.collect();
        let drawn = [false, true].map(|names_above| {
            let (rows, others) = (rows.clone(), Vec::new());
            let dots = Dots { label: "\"", x: "<", rows, others, names_above };
            let svg = dots.draw().stand_alone();
            well_formed(&svg);
            svg
        });
        drawn.concat()
    }

    #[test]
    fn odd_data_makes_a_picture_all_the_same() {
        draw(Vec::new());
        draw(vec![("a".to_string(), vec![0.5])]);
        draw(vec![("a".to_string(), vec![0.5; 9]), ("b".to_string(), Vec::new())]);
        let svg = draw(vec![("<".repeat(99), vec![f64::NAN])]);
        assert!(svg.contains("&lt;refused&gt;") && !svg.contains("circle"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_data_makes_a_picture(
            rows in prop::collection::vec((".*", prop::collection::vec(any::<f64>(), 0..5)), 0..9),
        ) {
            draw(rows);
        }
    }
}
