//! Whether a spreadsheet is one that is safe to open: an archive that does not unfold beyond measure, and that refers
//! to nothing outside itself.
//!
//! ECMA-376 part 2 (Open Packaging Conventions): a package is a ZIP archive; `*.rels` parts name what other parts
//! refer to, with `TargetMode="External"` for what lies outside.

use std::io::{self, Read};

use quick_xml::{Reader, events::Event};

use super::Source;
use crate::registry::{Problems, shown};

/// The most that a spreadsheet may unfold to, in bytes.
const MAX_UNFOLDED: u64 = 256 << 20;

/// How many times its packed size a part may unfold to, beyond [`SMALL`]. Sheets unfold ten to fifty times.
const MAX_RATIO: u64 = 200;

/// What any part may unfold to, in bytes.
const SMALL: u64 = 8 << 20;

/// The most parts that a spreadsheet may have.
const MAX_PARTS: usize = 5_000;

/// The largest list of relationships, in bytes.
const MAX_RELATIONSHIPS: u64 = 8 << 20;

/// What a compound file begins with: an encrypted spreadsheet, or one of before 2007.
/// <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb>
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Says what is wrong with the archive. Nothing of it is kept.
pub(super) fn inspect(source: &mut dyn Source, problems: &mut Problems) {
    let mut start = [0; 8];
    let compound = source.read_exact(&mut start).is_ok() && start == COMPOUND_FILE;
    if compound {
        return problems.file(
            "it is encrypted or of an old format (.xls), save it as .xlsx without a password, or as CSV",
        );
    }
    let mut archive = match zip::ZipArchive::new(source) {
        Ok(archive) => archive,
        Err(error) => return problems.file(format!("not a spreadsheet (.xlsx): {error}")),
    };
    if archive.len() > MAX_PARTS {
        let parts = archive.len();
        return problems
            .file(format!("{parts} parts are more than a spreadsheet of at most {MAX_PARTS} has"));
    }
    let mut left = MAX_UNFOLDED;
    for index in 0..archive.len() {
        let mut part = match archive.by_index(index) {
            Ok(part) => part,
            Err(error) => return problems.file(format!("not a spreadsheet (.xlsx): {error}")),
        };
        let name = match part.name() {
            Ok(name) => name.into_owned(),
            Err(error) => return problems.file(format!("not a spreadsheet (.xlsx): {error}")),
        };
        if let Some(what) = outside(&name) {
            return problems.file(format!("it holds {what} ({}), save it without, or as CSV", shown(&name)));
        }
        if name.ends_with(".rels") {
            match relationships(&mut part) {
                Ok(size) => left = left.saturating_sub(size),
                Err(what) => return problems.file(format!("{} {what}", shown(&name))),
            }
        }
        // What the archive says of sizes may be wrong, so the bytes themselves are counted.
        let bound = left.min(part.compressed_size().saturating_mul(MAX_RATIO).max(SMALL));
        match io::copy(&mut part.take(bound + 1), &mut io::sink()) {
            Ok(size) if size <= bound => left -= size,
            Ok(_) => {
                return problems.file(format!(
                    "{} unfolds beyond measure, as no register of owners does: save it as CSV",
                    shown(&name)
                ));
            }
            Err(error) => return problems.file(format!("{} cannot be unpacked: {error}", shown(&name))),
        }
    }
}

/// What a part is that reaches outside the spreadsheet, or runs.
fn outside(name: &str) -> Option<&'static str> {
    let name = name.trim_start_matches('/').to_ascii_lowercase();
    if name.starts_with("xl/externallinks/") {
        Some("a link to another file")
    } else if name == "xl/connections.xml" || name.starts_with("xl/querytables/") {
        Some("a connection to other data")
    } else if name.ends_with("vbaproject.bin") {
        Some("macros")
    } else {
        None
    }
}

/// Reads a list of relationships, and says what is wrong with it. Spreadsheet programs make hyperlinks of mail addresses
/// by themselves; those are never followed.
fn relationships(part: &mut dyn Read) -> Result<u64, String> {
    let mut text = String::new();
    let read = part.take(MAX_RELATIONSHIPS + 1).read_to_string(&mut text);
    if read.is_err() || text.len() as u64 > MAX_RELATIONSHIPS {
        return Err("is not a list of relationships".to_owned());
    }
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let value = |key: &str| {
                    let mut all = element.attributes().flatten();
                    all.find(|one| one.key.local_name().as_ref() == key).map(|one| one.value.into_owned())
                };
                let external = value("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
                let hyperlink = value("Type").is_some_and(|kind| kind.ends_with("/hyperlink"));
                if external && !hyperlink {
                    return Err(
                        "refers to something outside the spreadsheet, save it without, or as CSV".to_owned()
                    );
                }
            }
            Ok(Event::Eof) => return Ok(text.len() as u64),
            Ok(_) => {}
            Err(error) => return Err(format!("is not XML: {error}")),
        }
    }
}
