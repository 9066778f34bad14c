//! The frame of a page, and its parts other than charts.

use super::bar_list;
use super::chart::{DARK, Drawing, LIGHT, Palette, rules};
use super::markup::{escape, push};

/// The layout: as many columns as fit, one on a telephone.
const LAYOUT: &str = "\
*{box-sizing:border-box}\
body{margin:0 auto;padding:24px 16px 64px;line-height:1.5;font-size:15px;\
font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',sans-serif;\
overflow-wrap:break-word}\
h1{font-size:28px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}\
h2{font-size:20px;margin:44px 0 2px;overflow-wrap:anywhere}\
p{margin:4px 0 12px;max-width:75ch}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:16px 0}\
dd{margin:0;min-width:0;overflow-wrap:anywhere}\
code,pre,.mono{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;\
font-size:13px}\
.tiles{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));\
margin:14px 0}\
.loose{align-items:start}\
@media(min-width:1100px){.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}}\
.cards{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,250px),1fr));\
margin:14px 0}\
figure,.card{margin:0;padding:12px 14px;border-radius:10px;min-width:0}\
figure.wide{margin:14px 0}\
figure svg{display:block;width:100%;max-width:460px;height:auto}\
figcaption{font-weight:600;margin-bottom:6px}\
figure small,.card small{display:block;font-weight:400;font-size:13px;line-height:1.4;\
max-width:110ch}\
figure .scroll+small{margin-top:8px}\
.big{font-size:34px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}\
.row{display:grid;grid-template-columns:4.6em 1fr 4.6em;gap:8px;align-items:center;font-size:13px}\
.row i{display:block;height:9px;border-radius:2px;min-width:1px}\
.row span:last-child,td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}\
.scroll{overflow-x:auto;max-width:100%}\
figure table{font-size:13px;width:100%}figure th,figure td{padding:3px 5px}\
table{border-collapse:collapse;font-size:14px}\
th,td{padding:4px 10px;text-align:left;white-space:nowrap;vertical-align:baseline}\
th:first-child,td:first-child{padding-left:4px}\
th{font-weight:500;font-size:13px;vertical-align:bottom;white-space:normal;line-height:1.3}\
td.mono{white-space:normal;min-width:20.5em}\
td.long{white-space:normal;overflow-wrap:anywhere;min-width:16em}\
.finding{font-weight:600;max-width:90ch}\
.chips{display:flex;flex-wrap:wrap;gap:6px;margin:8px 0;padding:0;list-style:none}\
.chips li{padding:1px 8px;border-radius:6px;overflow-wrap:anywhere}\
summary{cursor:pointer;padding:6px 0}\
pre{overflow-x:auto;padding:14px;border-radius:10px;margin:6px 0}\
.decisions{display:grid;gap:0 40px;grid-template-columns:minmax(0,1fr);align-items:start}\
@media(min-width:1740px){.decisions{grid-template-columns:repeat(2,minmax(0,1fr))}\
.decisions table{font-size:13px}.decisions tr>*{padding:4px 7px}}\
.decisions .tiles{max-width:980px;grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr))}\
@media(max-width:720px){\
.stack,.stack tbody,.stack tr{display:block}.stack th{display:none}\
.stack tr{padding:8px 0}.stack tr:first-child{padding:0}\
.stack td{display:block;border:0;padding:1px 4px;text-align:left;min-width:0}\
.stack td.n{display:inline-block;margin-right:14px}\
.stack td[data-name]::before{content:attr(data-name) ' '}\
.keep tr>:first-child{position:sticky;left:0;z-index:1;white-space:normal;min-width:6em;\
padding-right:8px}}\
";

/// A box that scrolls shows a shadow at each side where something is cut off: sheets in the
/// colour of the paper, which scroll along, lie over the shadows where nothing is.
fn scroll_cues(selector: &str, paper: &str, shadow: &str) -> String {
    format!(
        "{selector}{{background:linear-gradient(90deg,{paper} 40%,{paper}00) 0 0/44px 100% local,\
         linear-gradient(270deg,{paper} 40%,{paper}00) 100% 0/44px 100% local,\
         linear-gradient(90deg,{shadow}88,{shadow}00) 0 0/16px 100% scroll,\
         linear-gradient(270deg,{shadow}88,{shadow}00) 100% 0/16px 100% scroll {paper};\
         background-repeat:no-repeat}}"
    )
}

/// The rules of a page that have colours.
fn coloured(palette: &Palette) -> String {
    let Palette { background, surface, ink, muted, grid, good, bad, .. } = palette;
    format!(
        "body{{background:{background};color:{ink}}}a{{color:{}}}\
         dt,th,small,.muted,.key,.stack td::before{{color:{muted}}}\
         figure,.card,.chips li{{background:{surface}}}\
         th{{border-bottom:1px solid {muted}}}td,.stack tr{{border-bottom:1px solid {grid}}}\
         .good{{color:{good}}}.bad{{color:{bad}}}\
         .row i{{background:{muted};opacity:.55}}.row.own i{{background:{};opacity:1}}\
         .row.own{{font-weight:600}}.track{{background:{grid}}}\
         .keep tr>:first-child{{background:{background}}}\
         figure .keep tr>:first-child{{background:{surface}}}\
         .track b,.track u{{background:{ink};box-shadow:0 0 0 1.5px {surface}}}{}{}{}{}",
        palette.series[0],
        palette.series[0],
        scroll_cues(".scroll", background, muted),
        scroll_cues("figure .scroll", surface, muted),
        scroll_cues("pre", surface, muted),
        rules(palette),
    )
}

/// A whole page around a body, light or dark as the reader prefers, of `width` pixels at most.
pub fn document(title: &str, width: u32, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title>\
         <style>{LAYOUT}{}{}@media (prefers-color-scheme:dark){{{}}}</style></head>\n\
         <body style=\"max-width:{width}px\">\n{body}</body></html>\n",
        escape(title),
        bar_list::LAYOUT,
        coloured(&LIGHT),
        coloured(&DARK),
    )
}

/// A heading of a section, with a sentence on what follows.
pub fn heading(id: &str, title: &str, note: &str) -> String {
    let mut text = format!("<h2 id=\"{}\">{}</h2>\n", escape(id), escape(title));
    if !note.is_empty() {
        text += &paragraph(note);
    }
    text
}

/// A paragraph of plain text, in the colour of explanations.
pub fn paragraph(note: &str) -> String {
    format!("<p class=\"muted\">{}</p>\n", escape(note))
}

/// What the figures below it mean, in a sentence.
pub fn finding(text: &str) -> String {
    format!("<p class=\"finding\">{}</p>\n", escape(text))
}

/// Names with their values.
pub fn facts<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = "<dl>".to_string();
    for (name, value) in pairs {
        push!(text, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    }
    text + "</dl>\n"
}

/// A chart with its title and a sentence on how to read it.
pub fn figure(title: &str, note: &str, drawing: &Drawing) -> String {
    let note = match note {
        "" => String::new(),
        _ => format!("<small>{}</small>", escape(note)),
    };
    let title = escape(title);
    format!("<figure><figcaption>{title}{note}</figcaption>{}</figure>\n", drawing.inline())
}

/// A part over the whole width of the page, with its title and a sentence on how to read it.
pub fn wide_figure(title: &str, note: &str, body: &str) -> String {
    format!(
        "<figure class=\"wide\"><figcaption>{}<small>{}</small></figcaption>{body}</figure>\n",
        escape(title),
        escape(note),
    )
}

/// Charts side by side where they fit, those in a line of equal height.
pub fn grid(figures: &[String]) -> String {
    format!("<div class=\"tiles\">\n{}</div>\n", figures.concat())
}

/// Sections with tables and charts of their own, two side by side on a wide page.
pub fn decisions(sections: &[String]) -> String {
    let sections: Vec<String> =
        sections.iter().map(|section| format!("<section>\n{section}</section>\n")).collect();
    format!("<div class=\"decisions\">\n{}</div>\n", sections.concat())
}

/// Charts side by side, each with its own height.
pub fn loose_grid(figures: &[String]) -> String {
    format!("<div class=\"tiles loose\">\n{}</div>\n", figures.concat())
}

/// A value in large type, above bars of it and of the values it is compared with.
#[derive(Clone, Debug)]
pub struct Card<'a> {
    /// The quantity.
    pub title: &'a str,
    /// How to read it.
    pub note: &'a str,
    /// Names and values: the one in large type first. Bars are proportional to the values.
    pub rows: Vec<(&'a str, f64)>,
    /// Formats a value.
    pub write: fn(f64) -> String,
}

impl Card<'_> {
    /// Its markup.
    pub fn html(&self) -> String {
        let most = self.rows.iter().map(|row| row.1).filter(|value| value.is_finite());
        let most = most.fold(0.0, f64::max);
        let first = self.rows.first().map_or(f64::NAN, |row| row.1);
        let mut text = format!(
            "<div class=\"card\"><div>{}<small>{}</small></div><div class=\"big\">{}</div>",
            escape(self.title),
            escape(self.note),
            escape(&(self.write)(first)),
        );
        for (index, (name, value)) in self.rows.iter().enumerate() {
            let own = if index == 0 { " own" } else { "" };
            let share = 100.0 * value / most;
            let share = if share.is_finite() { share.clamp(0.0, 100.0) } else { 0.0 };
            push!(
                text,
                "<div class=\"row{own}\"><span>{}</span><i style=\"width:{share:.1}%\"></i>\
                 <span>{}</span></div>",
                escape(name),
                escape(&(self.write)(*value)),
            );
        }
        text + "</div>\n"
    }
}

/// A table in a box that scrolls sideways where it is too wide.
///
/// ```
/// use ninth_report::page::{Column, HtmlTable};
///
/// let mut table = HtmlTable::new(&[("rule", Column::Words), ("right, %", Column::Numbers)]);
/// table.row(["a < b".into(), "38.6".into()]);
/// assert!(table.html().contains("<td>a &lt; b</td><td class=\"n\">38.6</td>"));
/// ```
#[derive(Clone, Debug)]
pub struct HtmlTable {
    columns: Vec<Column>,
    /// The names of the columns, where rows become blocks on a narrow page; else the first
    /// column stays in sight there.
    stacked: Option<Vec<String>>,
    body: String,
}

/// The alignment of a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Words, to the left.
    Words,
    /// Numbers, to the right.
    Numbers,
    /// Program text, to the left.
    Code,
    /// Texts that take several lines where they are long, to the left.
    Sentences,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct TableCell {
    text: String,
    class: &'static str,
    /// The part of the page that it links to.
    target: Option<String>,
}

impl TableCell {
    /// A cell of the class `good`, `bad`, `muted` or strong (`b`).
    pub fn classed(text: impl Into<String>, class: &'static str) -> Self {
        TableCell { class, ..text.into().into() }
    }

    /// A cell that links to the part of the page with this name.
    pub fn leading_to(text: impl Into<String>, id: &str) -> Self {
        TableCell { target: Some(id.to_string()), ..text.into().into() }
    }
}

impl<T: Into<String>> From<T> for TableCell {
    fn from(text: T) -> Self {
        TableCell { text: text.into(), class: "", target: None }
    }
}

impl HtmlTable {
    /// A table with these headings.
    pub fn new(columns: &[(&str, Column)]) -> Self {
        let mut body = "<tr>".to_string();
        for (name, column) in columns {
            let class = if *column == Column::Numbers { " class=\"n\"" } else { "" };
            push!(body, "<th{class}>{}</th>", escape(name));
        }
        body += "</tr>\n";
        let columns = columns.iter().map(|(_, column)| *column).collect();
        HtmlTable { columns, stacked: None, body }
    }

    /// A table whose rows become blocks on a narrow page, each value with the name of its column.
    pub fn stacked(columns: &[(&str, Column)]) -> Self {
        let names = columns.iter().map(|(name, _)| name.to_string()).collect();
        HtmlTable { stacked: Some(names), ..Self::new(columns) }
    }

    /// Adds a row; the last cell may span columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = TableCell>) {
        self.body += "<tr>";
        let mut cells = cells.into_iter().zip(&self.columns).enumerate().peekable();
        while let Some((index, (cell, column))) = cells.next() {
            let class = match column {
                Column::Words => "",
                Column::Numbers => "n",
                Column::Code => "mono",
                Column::Sentences => "long",
            };
            let missing = self.columns.len() - 1 - index;
            let (class, span) = match cells.peek() {
                None if missing > 0 => ("long", format!(" colspan=\"{}\"", missing + 1)),
                _ => (class, String::new()),
            };
            let class = [class, cell.class].join(" ");
            let class = match class.trim() {
                "" => String::new(),
                class => format!(" class=\"{class}\""),
            };
            let text = escape(&cell.text);
            let text = if cell.class == "b" { format!("<b>{text}</b>") } else { text };
            let text = match &cell.target {
                Some(id) => format!("<a href=\"#{}\">{text}</a>", escape(id)),
                None => text,
            };
            let name = match self.stacked.as_ref().and_then(|names| names.get(index)) {
                Some(name) if !name.is_empty() => format!(" data-name=\"{}\"", escape(name)),
                _ => String::new(),
            };
            push!(self.body, "<td{class}{span}{name}>{text}</td>");
        }
        self.body += "</tr>\n";
    }

    /// Its markup.
    pub fn html(&self) -> String {
        let class = if self.stacked.is_some() { "stack" } else { "keep" };
        // It can be scrolled with the keyboard, too.
        format!(
            "<div class=\"scroll\" tabindex=\"0\"><table class=\"{class}\">{}</table></div>\n",
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;

    #[test]
    fn every_text_is_escaped() {
        let wicked = "<script>&\"'";
        let mut table = HtmlTable::new(&[(wicked, Column::Words), ("b", Column::Numbers)]);
        table.row([TableCell::from(wicked), TableCell::classed(wicked, "b")]);
        table.row([TableCell::classed("refused", "muted")]);
        table.row([TableCell::leading_to(wicked, wicked)]);
        let write = |value: f64| format!("{value}<");
        let rows = vec![(wicked, 1.0), ("b", f64::NAN), ("c", f64::INFINITY), ("d", -1.0)];
        let card = Card { title: wicked, note: wicked, rows, write };
        let body = [
            heading(wicked, wicked, wicked),
            facts([(wicked, wicked)]),
            card.html(),
            Card { rows: Vec::new(), ..card }.html(),
            table.html(),
            wide_figure(wicked, wicked, &decisions(&[finding(wicked)])),
        ];
        let mut stacked = HtmlTable::stacked(&[("", Column::Words), (wicked, Column::Sentences)]);
        stacked.row(["a".into(), wicked.into()]);
        let page = document(wicked, 1000, &(body.concat() + &stacked.html()));
        well_formed(&page);
        assert!(!page.contains("<script"));
        assert!(page.contains("<td class=\"long muted\" colspan=\"2\">refused</td>"));
        let name = "data-name=\"&lt;script&gt;&amp;&quot;&#39;\"";
        assert!(page.contains(&format!("<td>a</td><td class=\"long\" {name}>")));
        assert!(page.contains("prefers-color-scheme:dark") && !page.contains("://"));
    }
}
