//! `census rules`: what is looked for.

use serde::Serialize;

use crate::{
    Options, RuleInfo,
    format::RenderError,
    json::to_bytes,
    page::{Ink, Page, Span, faint, plain, strong},
};

/// One line a rule.
pub fn rule_list(rules: &[RuleInfo<'_>], options: &Options) -> String {
    let mut page = Page::new(options);
    let rows: Vec<_> = sorted(rules)
        .iter()
        .map(|rule| {
            let severity = Span::new(Ink::of(rule.severity), rule.severity.as_str());
            vec![strong(rule.id), severity, plain(rule.title)]
        })
        .collect();
    page.columns(0, &rows);
    page.finish()
}

/// One rule with its documentation.
pub fn rule_text(rule: &RuleInfo<'_>, options: &Options) -> String {
    let mut page = Page::new(options);
    let severity = Span::new(Ink::of(rule.severity), rule.severity.as_str());
    page.line(0, &[strong(rule.id), plain("  "), severity, faint(format!("  version {}", rule.version))]);
    page.line(0, &[plain(rule.title)]);
    docs(&mut page, rule.docs);
    if !rule.controls.is_empty() {
        page.heading("CONTROLS", &[]);
        let rows: Vec<_> = rule
            .controls
            .iter()
            .map(|(framework, control)| vec![plain(*framework), plain(*control)])
            .collect();
        page.columns(2, &rows);
    }
    page.finish()
}

/// Documentation as written in a doc comment: paragraphs, lists, headings and fenced code.
fn docs(page: &mut Page, text: &str) {
    let mut block: Option<(usize, String)> = None;
    let mut in_code = false;
    page.gap();
    for line in text.lines() {
        let words = line.trim();
        if words.starts_with("```") {
            flush(page, &mut block);
            in_code = !in_code;
        } else if in_code {
            page.verbatim(4, &plain(line));
        } else if words.is_empty() {
            flush(page, &mut block);
            page.gap();
        } else if words.starts_with('#') {
            flush(page, &mut block);
            page.heading(words.trim_start_matches('#').trim_start(), &[]);
        } else if is_item(words) {
            flush(page, &mut block);
            block = Some((2, words.to_owned()));
        } else {
            match &mut block {
                Some((_, started)) => *started = format!("{started} {words}"),
                None => block = Some((0, words.to_owned())),
            }
        }
    }
    flush(page, &mut block);
}

fn flush(page: &mut Page, block: &mut Option<(usize, String)>) {
    if let Some((indent, words)) = block.take() {
        match indent {
            0 => page.paragraph(&plain(words)),
            _ => page.line(indent, &[plain(words)]),
        }
    }
}

/// Whether a line begins an entry of a list: `- `, `* ` or a number with a full stop.
fn is_item(words: &str) -> bool {
    let numbered =
        words.split_once(". ").is_some_and(|(n, _)| n.len() < 3 && n.bytes().all(|b| b.is_ascii_digit()));
    numbered || words.starts_with("- ") || words.starts_with("* ")
}

#[derive(Serialize)]
struct RuleList<'v> {
    schema: &'v str,
    rules: Vec<Rule<'v>>,
}

#[derive(Serialize)]
struct Rule<'v> {
    id: &'v str,
    version: u32,
    severity: &'v str,
    title: &'v str,
    docs: &'v str,
    controls: Vec<Control<'v>>,
}

#[derive(Serialize)]
struct Control<'v> {
    framework: &'v str,
    control: &'v str,
}

/// Rules for programs, as `census.rules/1`. Ends with one line break.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn rules_json(rules: &[RuleInfo<'_>]) -> Result<Vec<u8>, RenderError> {
    to_bytes(&RuleList { schema: "census.rules/1", rules: sorted(rules).into_iter().map(rule_of).collect() })
}

fn rule_of<'v>(rule: &RuleInfo<'v>) -> Rule<'v> {
    Rule {
        id: rule.id,
        version: rule.version,
        severity: rule.severity.as_str(),
        title: rule.title,
        docs: rule.docs,
        controls: rule.controls.iter().map(|&(framework, control)| Control { framework, control }).collect(),
    }
}

fn sorted<'r, 'v>(rules: &'r [RuleInfo<'v>]) -> Vec<&'r RuleInfo<'v>> {
    let mut sorted: Vec<_> = rules.iter().collect();
    sorted.sort_by_key(|rule| rule.id);
    sorted
}
