//! The page that text reports are written on.
//!
//! Every span goes through [`visible`] here and nowhere else, so no report can forget it. The only escape
//! sequences in a page are the page's own.

use anstyle::{AnsiColor, Style};
use census_model::Severity;
use unicode_width::UnicodeWidthStr;

use crate::sanitize::{shortened, visible};

/// Longest text that a page shows of one name or fact, in characters. AWS names and ARNs are shorter.
pub(crate) const LONGEST: usize = 2000;

/// Widest column but the last, in terminal cells. A wider cell keeps its line and the rest moves to the next.
const WIDEST_COLUMN: usize = 44;

/// Fewest cells into which the last column of a row still flows; with less it gets a line of its own.
const NARROWEST_TEXT: usize = 36;

/// Whether to write colours. The command asks the terminal and `NO_COLOR`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escape sequences.
    Always,
}

/// How a text report is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Width in terminal cells at which lines break. Ids and commands longer than that stay whole, so that they
    /// can be copied.
    pub width: usize,
    /// Colour or not.
    pub color: ColorChoice,
    /// How many examples of one thing are listed before the rest is counted.
    pub examples: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 100, color: ColorChoice::Never, examples: 5 }
    }
}

/// How a span looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Good,
    Warn,
    Bad,
}

impl Ink {
    /// The ink of a severity.
    pub(crate) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Bad,
            Severity::Medium => Self::Warn,
            Severity::Low | Severity::Info => Self::Faint,
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// A piece of text in one ink.
#[derive(Clone, Debug)]
pub(crate) struct Span(Ink, String);

impl Span {
    /// The text, harmless and of bounded length.
    pub(crate) fn new(ink: Ink, text: impl AsRef<str>) -> Self {
        Self(ink, visible(&shortened(text.as_ref(), LONGEST)).into_owned())
    }
}

/// Text in plain ink.
pub(crate) fn plain(text: impl AsRef<str>) -> Span {
    Span::new(Ink::Plain, text)
}

/// Text that matters.
pub(crate) fn strong(text: impl AsRef<str>) -> Span {
    Span::new(Ink::Strong, text)
}

/// Text that may be passed over.
pub(crate) fn faint(text: impl AsRef<str>) -> Span {
    Span::new(Ink::Faint, text)
}

/// A text report in the making.
pub(crate) struct Page {
    out: String,
    width: usize,
    color: ColorChoice,
}

impl Page {
    pub(crate) fn new(options: &Options) -> Self {
        Self { out: String::new(), width: options.width.max(20), color: options.color }
    }

    /// The text; ends with one line break.
    pub(crate) fn finish(mut self) -> String {
        while self.out.ends_with("\n\n") {
            self.out.pop();
        }
        if self.color == ColorChoice::Always {
            self.join_words();
        }
        self.out
    }

    /// Words of one ink side by side need one escape sequence. A page holds no other than its own.
    fn join_words(&mut self) {
        for ink in [Ink::Strong, Ink::Faint, Ink::Good, Ink::Warn, Ink::Bad] {
            let style = ink.style();
            self.out = self.out.replace(&format!("{} {}", style.render_reset(), style.render()), " ");
        }
    }

    /// An empty line, unless there is one already.
    pub(crate) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A heading with an empty line above it.
    pub(crate) fn heading(&mut self, title: &str, rest: &[Span]) {
        self.heading_in(Ink::Strong, title, rest);
    }

    /// A heading in another ink.
    pub(crate) fn heading_in(&mut self, ink: Ink, title: &str, rest: &[Span]) {
        self.gap();
        let mut spans = vec![Span::new(ink, title)];
        if !rest.is_empty() {
            spans.push(plain("  "));
            spans.extend_from_slice(rest);
        }
        self.line(0, &spans);
    }

    /// Prose, broken at spaces where the page is full.
    pub(crate) fn paragraph(&mut self, text: &Span) {
        self.flow(0, 0, std::slice::from_ref(text));
        self.out.push('\n');
    }

    /// A line, broken at spaces where it is wider than the page. Continued lines are two cells further in.
    pub(crate) fn line(&mut self, indent: usize, spans: &[Span]) {
        self.pad(indent);
        self.flow(indent, indent + 2, spans);
        self.out.push('\n');
    }

    /// A line that is never broken: something to copy.
    pub(crate) fn verbatim(&mut self, indent: usize, span: &Span) {
        self.pad(indent);
        self.ink(span.0, &span.1);
        self.trim_line_end();
        self.out.push('\n');
    }

    /// Rows in columns. All columns but the last are as wide as their widest cell; the last flows.
    pub(crate) fn columns(&mut self, indent: usize, rows: &[Vec<Span>]) {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = WIDEST_COLUMN.min(self.width / 2);
        let widths: Vec<usize> = (0..count)
            .map(|i| {
                let cells = rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.1.width());
                cells.filter(|width| *width <= widest).max().unwrap_or(0)
            })
            .collect();
        for row in rows {
            self.row(indent, &widths, row);
        }
    }

    fn row(&mut self, indent: usize, widths: &[usize], row: &[Span]) {
        self.pad(indent);
        let mut start = indent;
        let Some((last, cells)) = row.split_last() else {
            self.out.push('\n');
            return;
        };
        for (cell, column) in cells.iter().zip(widths) {
            self.ink(cell.0, &cell.1);
            let used = cell.1.width();
            if used > *column {
                self.out.push('\n');
                self.pad(start + column + 2);
            } else {
                self.pad(column - used + 2);
            }
            start += column + 2;
        }
        // Too little room left for a text: it goes below, a little further in than the row.
        if start + NARROWEST_TEXT.min(last.1.width()) > self.width {
            self.trim_line_end();
            self.out.push('\n');
            start = indent + 4;
            self.pad(start);
        }
        self.flow(start, start, std::slice::from_ref(last));
        self.trim_line_end();
        self.out.push('\n');
    }

    /// Writes spans from cell `at` on, continuing at `hang` where the page is full.
    fn flow(&mut self, at: usize, hang: usize, spans: &[Span]) {
        let mut column = at;
        for unit in units(spans) {
            let width: usize = unit.iter().map(|(_, text)| text.trim_end().width()).sum();
            if column + width > self.width && column > hang {
                self.trim_line_end();
                self.out.push('\n');
                self.pad(hang);
                column = hang;
            }
            for (ink, text) in unit {
                self.ink(ink, text);
                column += text.width();
            }
        }
        self.trim_line_end();
    }

    fn ink(&mut self, ink: Ink, text: &str) {
        let words = text.trim_end_matches(' ');
        if ink == Ink::Plain || self.color == ColorChoice::Never || words.is_empty() {
            self.out.push_str(text);
            return;
        }
        let style = ink.style();
        let spaces = text.get(words.len()..).unwrap_or_default();
        self.out.push_str(&format!("{}{words}{}{spaces}", style.render(), style.render_reset()));
    }

    fn pad(&mut self, cells: usize) {
        self.out.extend(std::iter::repeat_n(' ', cells));
    }

    fn trim_line_end(&mut self) {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
    }
}

/// What must stay on one line: words, with the space after them. A word may go over from one span to the next.
fn units(spans: &[Span]) -> Vec<Vec<(Ink, &str)>> {
    let mut units: Vec<Vec<(Ink, &str)>> = Vec::new();
    let mut open = false;
    for Span(ink, text) in spans {
        for word in text.split_inclusive(' ') {
            match units.last_mut() {
                Some(unit) if open => unit.push((*ink, word)),
                _ => units.push(vec![(*ink, word)]),
            }
            open = !word.ends_with(' ');
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, color: ColorChoice) -> Page {
        Page::new(&Options { width, color, examples: 5 })
    }

    #[test]
    fn lines_break_at_spaces_and_words_stay_whole() {
        let mut page = page(20, ColorChoice::Never);
        page.line(2, &[plain("one two three four five arn:aws:iam::111122223333:role/long six")]);
        assert_eq!(
            page.finish(),
            "  one two three four\n    five\n    arn:aws:iam::111122223333:role/long\n    six\n"
        );
    }

    #[test]
    fn wide_characters_count_two_cells() {
        let mut page = page(20, ColorChoice::Never);
        page.columns(0, &[vec![plain("支払い"), plain("a")], vec![plain("pay"), plain("b")]]);
        assert_eq!(page.finish(), "支払い  a\npay     b\n");
    }

    #[test]
    fn a_cell_wider_than_its_column_moves_the_rest_down() {
        let mut page = page(20, ColorChoice::Never);
        page.columns(0, &[vec![plain("a-very-long-name"), plain("x")], vec![plain("short"), plain("y")]]);
        assert_eq!(page.finish(), "a-very-long-name\n       x\nshort  y\n");
    }

    #[test]
    fn colour_is_written_only_when_asked_for_and_always_ends() {
        let mut plain_page = page(40, ColorChoice::Never);
        plain_page.line(0, &[Span::new(Ink::Bad, "bad thing")]);
        assert_eq!(plain_page.finish(), "bad thing\n");
        let mut coloured = page(40, ColorChoice::Always);
        coloured.line(0, &[Span::new(Ink::Bad, "bad"), plain(" end")]);
        let text = coloured.finish();
        assert!(text.starts_with("\u{1b}[1m\u{1b}[31mbad\u{1b}[0m"), "{text:?}");
        assert!(text.ends_with(" end\n"), "{text:?}");
    }

    #[test]
    fn every_span_is_made_harmless() {
        let mut page = page(40, ColorChoice::Always);
        page.line(0, &[plain("\u{1b}[2J"), strong("\u{202e}x"), faint("a\nb")]);
        page.verbatim(0, &plain("\u{7}"));
        page.columns(0, &[vec![plain("\u{0}"), plain("\u{9b}")]]);
        page.heading("H", &[plain("\r")]);
        let text = page.finish();
        for shown in ["\\u{1b}[2J", "\\u{202e}x", "a\\u{a}b", "\\u{7}", "\\u{0}", "\\u{9b}", "\\u{d}"] {
            assert!(text.contains(shown), "{shown} in {text:?}");
        }
    }

    #[test]
    fn an_absurd_name_is_cut() {
        let mut page = page(40, ColorChoice::Never);
        page.line(0, &[plain("x".repeat(1_000_000))]);
        let text = page.finish();
        assert!(text.len() < 2100 && text.contains("998000 more characters"), "{}", text.len());
    }
}
