//! What a case expects of an identity: `escalates`, `limited@lower`, `admin?|escalates?`, `powerless`.

use census_model::{Bound, Level};

/// One alternative.
#[derive(Debug)]
struct Wanted {
    levels: &'static [Level],
    /// `None` where it does not matter.
    conditional: Option<bool>,
    bound: WantedBound,
}

#[derive(Debug)]
enum WantedBound {
    Unsaid,
    Any,
    Is(Bound),
}

/// What came out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Got {
    pub(crate) level: Level,
    pub(crate) conditional: bool,
    pub(crate) bound: Bound,
}

const LEVELS: [(&str, &[Level]); 8] = [
    ("unknown", &[Level::Unknown]),
    ("none", &[Level::None]),
    ("limited", &[Level::Limited]),
    ("sensitive", &[Level::Sensitive]),
    ("escalates", &[Level::Escalates]),
    ("admin", &[Level::Admin]),
    ("powerless", &[Level::None, Level::Limited, Level::Sensitive]),
    ("powerful", &[Level::Escalates, Level::Admin]),
];

/// Whether what came out is what a text asks for. A bound that is not said is exact where nothing is missing.
pub(crate) fn meets(place: &str, text: &str, got: Got, is_complete: bool) -> bool {
    text.split('|').map(|one| parse(place, one)).any(|wanted| {
        let bound = match wanted.bound {
            WantedBound::Unsaid => !is_complete || got.level == Level::Unknown || got.bound == Bound::Exact,
            WantedBound::Any => true,
            WantedBound::Is(bound) => got.bound == bound,
        };
        bound
            && wanted.levels.contains(&got.level)
            && wanted.conditional.is_none_or(|conditional| got.conditional == conditional)
    })
}

/// Whether every alternative is below `escalates`.
pub(crate) fn is_powerless(place: &str, text: &str) -> bool {
    text.split('|').all(|one| parse(place, one).levels.iter().all(|level| !level.is_powerful()))
}

fn parse(place: &str, text: &str) -> Wanted {
    let (rest, bound) = match text.split_once('@') {
        None => (text, WantedBound::Unsaid),
        Some((rest, "any")) => (rest, WantedBound::Any),
        Some((rest, name)) => {
            let all = [Bound::Exact, Bound::Upper, Bound::Lower, Bound::Open];
            let bound = all.into_iter().find(|bound| bound.as_str() == name);
            (rest, WantedBound::Is(bound.unwrap_or_else(|| panic!("{place}: `{name}` is no bound"))))
        }
    };
    let (name, is_marked) = rest.strip_suffix('?').map_or((rest, false), |name| (name, true));
    let found = LEVELS.iter().find(|(known, _)| *known == name);
    let (_, levels) = found.unwrap_or_else(|| panic!("{place}: `{name}` is no level"));
    let is_class = levels.len() > 1;
    assert!(!(is_class && is_marked), "{place}: `{name}` is one or the other, with or without condition");
    Wanted { levels, conditional: (!is_class).then_some(is_marked), bound }
}
