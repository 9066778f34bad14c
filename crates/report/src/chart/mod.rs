//! Charts as SVG. A chart is drawn for a column of [`WIDTH`] units, with type that can still be
//! read when a telephone shrinks it; a page scales it as a whole.
//!
//! Colours are classes of a style sheet, [`rules`] of a palette, so that one
//! drawing serves light and dark pages.

mod axis;
mod columns;
mod dots;
mod heat_map;
mod lines;

pub use axis::{Axis, Fit, Scale, Unit};
pub use columns::{Bar, Columns};
pub use dots::{DotRow, Dots};
pub use heat_map::HeatMap;
pub use lines::{Interval, LineChart, Reference, Series, StackedAreas, smoothed, thinned};

use super::markup::{Coordinate as C, escape, push};

/// The width of every chart.
pub const WIDTH: f64 = 380.0;

/// The height of charts with two axes.
const HEIGHT: f64 = 250.0;

/// The margin around a plot for the ends of its tick labels.
const MARGIN: f64 = 8.0;

/// The height of a line of text.
const LINE: f64 = 18.0;

/// The size of the type.
const TYPE: f64 = 12.5;

/// The colour of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The colour of text.
    Ink,
    /// One of several things side by side; after [`SERIES`] of them colours repeat.
    Series(usize),
    /// A step of four, each more than the one before.
    Step(usize),
}

/// Colours of things side by side.
pub const SERIES: usize = 8;

impl Colour {
    /// Its class in the [`rules`].
    pub fn class(self) -> String {
        match self {
            Colour::Ink => "ink".to_string(),
            Colour::Series(index) => format!("c{}", index % SERIES),
            Colour::Step(index) => format!("s{}", index.min(3)),
        }
    }
}

/// The colours of a page.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// The background.
    pub background: &'static str,
    /// The background of cards.
    pub surface: &'static str,
    /// Text.
    pub ink: &'static str,
    /// Explanatory text.
    pub muted: &'static str,
    /// Grid lines.
    pub grid: &'static str,
    /// Right.
    pub good: &'static str,
    /// Wrong.
    pub bad: &'static str,
    /// Series side by side.
    pub series: [&'static str; SERIES],
    /// Steps of four.
    pub steps: [&'static str; 4],
    /// Counts, from few to many.
    pub heat: [&'static str; heat_map::LEVELS],
}

/// Ink on paper.
pub const LIGHT: Palette = Palette {
    background: "#ffffff",
    surface: "#f5f6f8",
    ink: "#1b1f27",
    muted: "#616875",
    grid: "#e1e4e9",
    good: "#18794e",
    bad: "#c02a37",
    series: [
        "#1f66c1", "#d0600b", "#18855a", "#8a4bb8", "#c02a6b", "#7a6a10", "#0b8494", "#75695f",
    ],
    steps: ["#55b09a", "#2f86b3", "#39479a", "#231a52"],
    heat: ["#dceaf5", "#bcd9ee", "#93c3e3", "#64a8d4", "#3d89c1", "#256aa6", "#164c84", "#0a2f5c"],
};

/// Light on a dark screen.
pub const DARK: Palette = Palette {
    background: "#13161b",
    surface: "#1c2027",
    ink: "#e9ebef",
    muted: "#9aa2af",
    grid: "#2f3540",
    good: "#5ecb95",
    bad: "#f5808a",
    series: [
        "#6eaef8", "#f2a05a", "#5fcf9f", "#c79bee", "#f58cb8", "#d3c25a", "#56c9d8", "#b9aca1",
    ],
    steps: ["#a5e3d2", "#55b4d6", "#7f8ff0", "#a36bf5"],
    heat: ["#1e2f42", "#23435f", "#29597f", "#33719f", "#468cbc", "#6aa9d3", "#9dcae8", "#def1ff"],
};

/// The CSS rules that give the classes of all charts their colours. They are simple enough for
/// viewers other than browsers.
pub fn rules(palette: &Palette) -> String {
    let Palette { background, surface, ink, muted, grid, .. } = palette;
    let mut rules = format!(
        ".chart text{{fill:{ink};font:{TYPE}px system-ui,'Segoe UI',Roboto,'Helvetica Neue',\
         'DejaVu Sans',sans-serif}}\
         .chart .m{{fill:{muted}}}.chart .b{{font-weight:600}}.chart .h{{font-size:16px}}\
         .chart .grid{{stroke:{grid};stroke-width:1;fill:none}}\
         .chart .axis{{stroke:{muted};stroke-width:1;fill:none}}\
         .chart .line{{stroke:currentColor;fill:none;stroke-width:2;stroke-linejoin:round;\
         stroke-linecap:round}}.chart .faint{{stroke-width:1;opacity:.3}}\
         .chart .dash{{stroke-dasharray:6 4}}\
         .chart .area{{fill:currentColor}}\
         .chart .dot{{fill:currentColor;fill-opacity:.55}}\
         .chart .ref{{stroke:{muted};stroke-width:1.25;stroke-dasharray:4 3;fill:none}}\
         .chart .band{{fill:currentColor;opacity:.2}}\
         .chart .halo{{stroke:{surface};stroke-width:5;fill:none}}\
         .chart .tick{{stroke:{ink};stroke-width:2;fill:none}}\
         .chart .spot{{fill:{ink};stroke:{surface};stroke-width:1.5}}\
         .chart .gap{{stroke:{background};stroke-width:1}}\
         .ink{{color:{ink}}}"
    );
    let mut colours = |prefix: &str, colours: &[&str]| {
        for (index, colour) in colours.iter().enumerate() {
            push!(rules, ".{prefix}{index}{{color:{colour}}}");
        }
    };
    colours("c", &palette.series);
    colours("s", &palette.steps);
    colours("t", &palette.heat);
    rules
}

/// A picture.
#[derive(Clone, Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    /// Its description for screen readers.
    label: String,
    body: String,
}

impl Drawing {
    fn new(height: f64, label: &str) -> Self {
        Drawing { width: WIDTH, height, label: label.to_string(), body: String::new() }
    }

    /// An element for a page that has the [`rules`].
    pub fn inline(&self) -> String {
        format!("<svg {}>{}</svg>", self.attributes(), self.body)
    }

    /// A file of its own, light, on its own background.
    pub fn stand_alone(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" {}>\
             <style>{}</style><rect width=\"100%\" height=\"100%\" fill=\"{}\"/>{}</svg>\n",
            C(self.width),
            C(self.height),
            self.attributes(),
            rules(&LIGHT),
            LIGHT.background,
            self.body,
        )
    }

    fn attributes(&self) -> String {
        format!(
            "class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"",
            C(self.width),
            C(self.height),
            escape(&self.label),
        )
    }

    /// Several drawings, one below the other, under a title and a note, each with a
    /// heading and a note of its own.
    pub fn stacked(title: &str, note: &str, drawings: &[(String, String, Drawing)]) -> Self {
        const AROUND: f64 = 20.0;
        let mut stack = Drawing::new(AROUND + 24.0, &format!("{title}. {note}"));
        stack.text(AROUND, AROUND + 12.0, "b h", Anchor::Start, title);
        stack.lines(AROUND, note);
        for (heading, note, drawing) in drawings {
            stack.height += AROUND;
            stack.text(AROUND, stack.height + 10.0, "b", Anchor::Start, heading);
            stack.height += LINE;
            stack.lines(AROUND, note);
            let (x, y) = (C(AROUND), C(stack.height));
            push!(stack.body, "<g transform=\"translate({x} {y})\">{}</g>", drawing.body);
            stack.height += drawing.height;
        }
        stack.height += AROUND;
        stack.width = WIDTH + 2.0 * AROUND;
        stack
    }

    /// Adds a note at the bottom, which moves down.
    fn lines(&mut self, x: f64, note: &str) {
        for line in wrapped(note, WIDTH) {
            self.text(x, self.height + 10.0, "m", Anchor::Start, &line);
            self.height += LINE;
        }
    }

    fn text(&mut self, x: f64, y: f64, class: &str, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let (x, y) = (C(x), C(y));
        push!(self.body, "<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>", escape(text));
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(C);
        push!(self.body, "<path class=\"{class}\" d=\"M{x1} {y1}L{x2} {y2}\"/>");
    }

    /// A filled rectangle, with words that appear under the pointer.
    fn rectangle(&mut self, class: &str, at: (f64, f64), size: (f64, f64), words: &str) {
        let [x, y, width, height] = [at.0, at.1, size.0.max(0.0), size.1.max(0.0)].map(C);
        push!(
            self.body,
            "<rect class=\"area {class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" \
             height=\"{height}\"{}",
            described("rect", words),
        );
    }

    /// A line that marks a value, with a margin in the colour of the paper: it may lie on a bar of
    /// any colour.
    fn mark(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line("halo", from, to);
        self.line("tick", from, to);
    }

    /// A dot that marks a value, with the same margin.
    fn dot(&mut self, at: (f64, f64)) {
        let [x, y] = [at.0, at.1].map(C);
        push!(self.body, "<circle class=\"spot\" cx=\"{x}\" cy=\"{y}\" r=\"4.25\"/>");
    }

    /// Names beside their colours, from the upper left corner on; the height that
    /// they take.
    fn legend(&mut self, entries: &[(&str, Colour, Swatch)]) -> f64 {
        const SWATCH: f64 = 20.0;
        let (mut x, mut y) = (MARGIN, LINE / 2.0);
        for (name, colour, swatch) in entries {
            let name = shortened(name, WIDTH - SWATCH - 4.0 * MARGIN);
            let width = SWATCH + 4.0 + width_of(&name);
            if x > MARGIN && x + width > WIDTH - MARGIN {
                (x, y) = (MARGIN, y + LINE);
            }
            let class = colour.class();
            let (middle, end) = (y + 1.0, x + SWATCH - 4.0);
            match swatch {
                Swatch::Line => self.line(&format!("line {class}"), (x, middle), (end, middle)),
                Swatch::Dashed => {
                    self.line(&format!("line dash {class}"), (x, middle), (end, middle));
                }
                Swatch::Area => {
                    self.rectangle(&class, (x + 2.0, middle - 5.0), (12.0, 10.0), "");
                }
                Swatch::Dot => self.dot((x + 8.0, middle)),
            }
            self.text(x + SWATCH, y + 5.0, "m", Anchor::Start, &name);
            x += width + 12.0;
        }
        if entries.is_empty() { 0.0 } else { y + LINE / 2.0 + 4.0 }
    }
}

/// The end of an element of that name, with its description if there is one.
fn described(element: &str, words: &str) -> String {
    match words {
        "" => "/>".to_string(),
        _ => format!("><title>{}</title></{element}>", escape(words)),
    }
}

/// The part of a text that is at its coordinates.
#[derive(Clone, Copy, Debug)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// The shape that shows a colour in a legend.
#[derive(Clone, Copy, Debug)]
enum Swatch {
    Line,
    Dashed,
    Area,
    Dot,
}

/// The approximate width of a text; fonts cannot be measured here.
fn width_of(text: &str) -> f64 {
    0.56 * TYPE * text.chars().count() as f64
}

/// A text cut to a width, with an ellipsis at its end if it was too wide.
fn shortened(text: &str, width: f64) -> String {
    if width_of(text) <= width {
        return text.to_string();
    }
    let room = (width / width_of("n")) as usize;
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// A text broken into lines of a width, as far as its words allow.
fn wrapped(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + width_of(word) + 4.0 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word, width)),
        }
    }
    lines
}

/// The rectangle that values are drawn in.
#[derive(Clone, Copy, Debug)]
struct Plot {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Plot {
    fn x(&self, axis: &Axis, value: f64) -> f64 {
        self.left + axis.place(value) * (self.right - self.left)
    }

    fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.place(value) * (self.bottom - self.top)
    }

    /// Lines and labels of the vertical axis.
    fn draw_y(&self, drawing: &mut Drawing, axis: &Axis) {
        for &tick in axis.ticks() {
            let y = self.y(axis, tick);
            drawing.line("grid", (self.left, y), (self.right, y));
            drawing.text(self.left - 6.0, y + 4.0, "m", Anchor::End, &axis.label(tick));
        }
    }

    /// The line, labels and caption of the horizontal axis.
    fn draw_x(&self, drawing: &mut Drawing, axis: &Axis, caption: &str) {
        drawing.line("axis", (self.left, self.bottom), (self.right, self.bottom));
        for &tick in axis.ticks() {
            let x = self.x(axis, tick);
            drawing.line("axis", (x, self.bottom), (x, self.bottom + 4.0));
            let label = axis.label(tick);
            // Keep labels inside the drawing.
            let half = width_of(&label) / 2.0;
            let x = x.clamp(half, (WIDTH - half).max(half));
            drawing.text(x, self.bottom + 17.0, "m", Anchor::Middle, &label);
        }
        let middle = (self.left + self.right) / 2.0;
        drawing.text(middle, self.bottom + 34.0, "m", Anchor::Middle, caption);
    }
}

/// The width of the labels of a vertical axis.
fn room_for(axis: &Axis) -> f64 {
    let labels = axis.ticks().iter().map(|tick| width_of(&axis.label(*tick)));
    labels.fold(0.0, f64::max) + 6.0 + MARGIN
}

/// Moves values apart, where they are closer than `least`, within bounds as far as
/// there is room; they keep their order.
fn apart(places: &mut [f64], least: f64, low: f64, high: f64) {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut free = low;
    for &index in &order {
        places[index] = places[index].max(free);
        free = places[index] + least;
    }
    let mut free = high;
    for &index in order.iter().rev() {
        places[index] = places[index].min(free);
        free = places[index] - least;
    }
}
