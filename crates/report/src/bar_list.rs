//! A list of bars as part of a page: names with their values, in as many columns as fit.
//!
//! It is no picture, unlike a chart: text keeps its size at every width, and columns break
//! between bars.

use crate::chart::{Bar, Colour};
use crate::markup::{Coordinate, escape, push};

/// Bars that belong together.
#[derive(Clone, Debug)]
pub struct BarGroup {
    /// Their heading.
    pub name: String,
    /// Their colour.
    pub colour: Colour,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// Bars of shares in groups.
///
/// ```
/// use ninth_report::bar_list::{BarGroup, BarList};
/// use ninth_report::chart::{Bar, Colour};
///
/// let words = "order-zero: 98.0 %".to_string();
/// let name = "order-zero".to_string();
/// let bar = Bar { name, value: 0.98, baseline: 0.9, limit: 0.99, words };
/// let group = BarGroup { name: "simple".to_string(), colour: Colour::Step(0), bars: vec![bar] };
/// let list = BarList { baseline: "linear", limit: "limit", groups: vec![group] };
/// assert!(list.html().contains("style=\"width:98%\""));
/// ```
#[derive(Clone, Debug)]
pub struct BarList<'a> {
    /// The name of the baseline.
    pub baseline: &'a str,
    /// The name of the limit; without one it is not in the legend.
    pub limit: &'a str,
    /// The groups.
    pub groups: Vec<BarGroup>,
}

/// The style of all lists but their colours, as CSS.
pub const LAYOUT: &str = "\
.flow{columns:300px;column-gap:32px;font-size:13px;line-height:1.4}\
.flow h3{font-size:13px;margin:0;padding:2px 0;break-after:avoid}\
.flow div~h3{padding-top:10px}\
.bar{display:grid;grid-template-columns:10.5em minmax(0,1fr) 2.6em;gap:8px;align-items:center;\
break-inside:avoid;padding:1px 0}\
.bar span:last-child{text-align:right;font-variant-numeric:tabular-nums}\
.bar span:first-child{overflow-wrap:anywhere;line-height:1.2}\
.track{display:block;position:relative;height:12px;border-radius:2px;margin:0 3px}\
.track i{display:block;height:100%;border-radius:2px;background:currentColor}\
.track b,.track u,.key b,.key u{position:absolute;display:block}\
.track b,.key b{width:2px;top:-2px;bottom:-2px;margin-left:-1px}\
.track u,.key u{width:7px;height:7px;border-radius:50%;top:50%;margin:-3.5px 0 0 -3.5px}\
.key{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px;margin:0 0 8px;max-width:none}\
.key .track{display:inline-block;vertical-align:-1px;width:26px;margin:0 6px 0 0}\
";

/// A mark on a bar, where its value is known.
fn mark(element: &str, value: f64) -> String {
    match value.is_finite() {
        true => format!("<{element} style=\"left:{}%\"></{element}>", place(value)),
        false => String::new(),
    }
}

/// The place of a share in per cent of the track.
fn place(share: f64) -> Coordinate {
    let share = if share.is_finite() { share } else { 0.0 };
    Coordinate((100.0 * share).clamp(0.0, 100.0))
}

impl BarList<'_> {
    /// Its markup.
    pub fn html(&self) -> String {
        let mut text = "<p class=\"key\">".to_string();
        let mut key = |mark: &str, name: &str| {
            let mark = match mark {
                "" => "<i style=\"width:100%\" class=\"s1\"></i>".to_string(),
                mark => format!("<{mark} style=\"left:50%\"></{mark}>"),
            };
            push!(text, "<span><span class=\"track\">{mark}</span>{}</span>", escape(name));
        };
        key("", "model");
        if !self.limit.is_empty() {
            key("b", self.limit);
        }
        key("u", self.baseline);
        text += "</p>\n<div class=\"flow\">\n";
        for group in &self.groups {
            push!(text, "<h3>{}</h3>\n", escape(&group.name));
            for bar in &group.bars {
                push!(
                    text,
                    "<div class=\"bar\" title=\"{}\"><span>{}</span><span class=\"track\">\
                     <i class=\"{}\" style=\"width:{}%\"></i>{}{}</span><span>{}</span></div>\n",
                    escape(&bar.words),
                    escape(&bar.name),
                    group.colour.class(),
                    place(bar.value),
                    mark("b", bar.limit),
                    mark("u", bar.baseline),
                    bar.label(),
                );
            }
        }
        text + "</div>\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;
    use proptest::prelude::*;

    fn draw(bars: Vec<Bar>, limit: &str) -> String {
        let group = |colour| BarGroup { name: "<&>".to_string(), colour, bars: bars.clone() };
        let groups = vec![group(Colour::Step(3))];
        let html = BarList { baseline: "<linear>", limit, groups }.html();
        well_formed(&html);
        html
    }

    fn bar(value: f64, baseline: f64, limit: f64) -> Bar {
        Bar { name: "<a>".to_string(), value, baseline, limit, words: "\"b\"".to_string() }
    }

    #[test]
    fn a_bar_has_the_marks_that_are_known() {
        let whole = draw(vec![bar(0.256, 0.1, 0.9)], "limit");
        for part in [
            "<i class=\"s3\" style=\"width:25.6%\"></i><b style=\"left:90%\"></b>\
             <u style=\"left:10%\"></u></span><span>25.6</span>",
            "title=\"&quot;b&quot;\"><span>&lt;a&gt;</span>",
            "<h3>&lt;&amp;&gt;</h3>",
            ">limit<",
            ">&lt;linear&gt;<",
        ] {
            assert!(whole.contains(part), "{part} in {whole}");
        }
        let none = draw(vec![bar(f64::NAN, f64::NAN, f64::NAN)], "");
        assert!(none.contains("style=\"width:0%\"></i></span><span>-</span>"), "{none}");
        assert!(!none.contains("<b "), "{none}");
        // Those of the legend.
        assert_eq!(none.matches("<u ").count(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_data_makes_a_list(
            values in prop::collection::vec((any::<f64>(), any::<f64>(), any::<f64>()), 0..9),
            limit in ".*",
        ) {
            draw(values.into_iter().map(|(a, b, c)| bar(a, b, c)).collect(), &limit);
        }
    }
}
