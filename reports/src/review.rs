//! `census review status`: how far a campaign got, for people and programs.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Options,
    format::RenderError,
    json::to_line,
    page::{Ink, Page, Span, faint, plain, strong},
};

/// A campaign and its sheets.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewStatus {
    /// `census.review-status/1`.
    pub schema: &'static str,
    /// When the campaign was opened.
    pub opened: Timestamp,
    /// The clock by which days are over.
    pub as_of: Timestamp,
    /// All sheets together.
    pub total: ReviewCounts,
    /// The sheets, by file.
    pub files: Vec<ReviewFile>,
}

/// A sheet.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewFile {
    /// The file.
    pub file: String,
    /// Who is asked.
    pub owner: Option<String>,
    /// How far it got.
    #[serde(flatten)]
    pub counts: ReviewCounts,
}

/// Numbers of attestations; of an identity two may be asked.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct ReviewCounts {
    /// About how many identities.
    pub identities: usize,
    /// Asked for.
    pub asked: usize,
    /// Given.
    pub answered: usize,
    /// Of these, those that keep.
    pub kept: usize,
    /// Those that ask for a change.
    pub changed: usize,
    /// Those that remove.
    pub removed: usize,
    /// Not given.
    pub open: usize,
    /// Of these, those whose day is over.
    pub overdue: usize,
}

impl ReviewStatus {
    /// Of the sheets of a campaign.
    pub fn new(opened: Timestamp, as_of: Timestamp, files: Vec<ReviewFile>) -> Self {
        let total = files.iter().fold(ReviewCounts::default(), |sum, file| sum.plus(file.counts));
        Self { schema: "census.review-status/1", opened, as_of, total, files }
    }
}

impl ReviewCounts {
    fn plus(self, other: Self) -> Self {
        Self {
            identities: self.identities + other.identities,
            asked: self.asked + other.asked,
            answered: self.answered + other.answered,
            kept: self.kept + other.kept,
            changed: self.changed + other.changed,
            removed: self.removed + other.removed,
            open: self.open + other.open,
            overdue: self.overdue + other.overdue,
        }
    }

    fn cells(self) -> Vec<Span> {
        let number = |number: usize| format!("{number:>8}");
        let numbers = [self.asked, self.answered, self.kept, self.changed, self.removed, self.open];
        let mut cells: Vec<Span> = numbers.into_iter().map(|one| plain(number(one))).collect();
        let ink = if self.overdue > 0 { Ink::Bad } else { Ink::Plain };
        cells.push(Span::new(ink, number(self.overdue)));
        cells
    }
}

/// A line for each sheet, and one for all.
pub fn review_status(status: &ReviewStatus, options: &Options) -> String {
    let mut page = Page::new(options);
    let total = status.total;
    page.heading(
        "REVIEW",
        &[
            plain(format!("{} of {} attestations given", total.answered, total.asked)),
            faint(format!("  opened {}, as of {}", status.opened, status.as_of)),
        ],
    );
    let names = ["asked", "answered", "kept", "changed", "removed", "open", "overdue"];
    let mut header = vec![faint("sheet")];
    header.extend(names.map(|name| faint(format!("{name:>8}"))));
    let mut rows = vec![header];
    for file in &status.files {
        rows.push(std::iter::once(plain(&file.file)).chain(file.counts.cells()).collect());
    }
    rows.push(std::iter::once(strong("all")).chain(total.cells()).collect());
    page.columns(2, &rows);
    page.finish()
}

/// The same as `census.review-status/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn review_status_json(status: &ReviewStatus) -> Result<Vec<u8>, RenderError> {
    Ok((to_line(status)? + "\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> ReviewStatus {
        let counts = ReviewCounts {
            identities: 2,
            asked: 4,
            answered: 3,
            kept: 1,
            changed: 1,
            removed: 1,
            open: 1,
            overdue: 1,
        };
        let file = |name: &str| ReviewFile { file: name.into(), owner: None, counts };
        let opened = "2026-06-01T00:00:00Z".parse().unwrap();
        ReviewStatus::new(opened, opened, vec![file("ada@example.com.csv"), file("a\u{1b}[31m.csv")])
    }

    #[test]
    fn text_has_a_line_for_each_sheet_and_one_for_all() {
        let text = review_status(&status(), &Options::default());
        assert!(text.contains("6 of 8 attestations given"), "{text}");
        assert!(text.contains(r"a\u{1b}[31m.csv"), "{text}");
        let all = text.lines().find(|line| line.trim_start().starts_with("all")).unwrap();
        let numbers: Vec<&str> = all.split_whitespace().skip(1).collect();
        assert_eq!(numbers, ["8", "6", "2", "2", "2", "2", "2"]);
    }

    #[test]
    fn json_has_the_same() {
        let json: serde_json::Value =
            serde_json::from_slice(&review_status_json(&status()).unwrap()).unwrap();
        assert_eq!(json["schema"], "census.review-status/1");
        assert_eq!((&json["total"]["asked"], &json["files"][0]["open"]), (&8.into(), &1.into()));
    }
}
