//! Tables as CSV, of any length: a row at a time is in memory.

use std::io::{Cursor, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Encoding, Next, Source, Table, lines::Counted};
use crate::registry::{Place, Problems};

/// How much is looked at to find out what stands between cells, in bytes.
const SNIFFED: u64 = 64 << 10;

/// Reads rows.
pub(super) fn read(
    source: &mut dyn Source,
    encoding: Encoding,
    table: &mut Table<'_>,
    problems: &mut Problems,
) {
    let mut decoded: Box<dyn Read + '_> = match encoding {
        Encoding::Utf8 => Box::new(source),
        Encoding::Windows1252 => Box::new(decoder(encoding_rs::WINDOWS_1252).build(source)),
        Encoding::Utf16 => Box::new(decoder(encoding_rs::UTF_16LE).build(source)),
    };
    let mut head = Vec::new();
    if let Err(error) = decoded.by_ref().take(SNIFFED).read_to_end(&mut head) {
        return problems.file(format!("cannot be read: {error}"));
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return problems.file(
            "the encoding is UTF-16, save the file as UTF-8 or set `encoding = \"utf16\"` for this source",
        );
    }
    let mark: &[u8] = "\u{feff}".as_bytes();
    let head = head.strip_prefix(mark).map_or(head.clone(), <[u8]>::to_vec);
    let delimiter = delimiter(&head);
    rows(Cursor::new(head).chain(decoded), delimiter, table, problems);
}

fn decoder(encoding: &'static encoding_rs::Encoding) -> DecodeReaderBytesBuilder {
    let mut builder = DecodeReaderBytesBuilder::new();
    builder.encoding(Some(encoding)).strip_bom(true);
    builder
}

/// What stands most often in the first line, outside quotes: `,`, `;` or a tabulator.
fn delimiter(head: &[u8]) -> u8 {
    let first =
        head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in first {
        if *byte == b'"' {
            quoted = !quoted;
        }
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == delimiter);
        }
    }
    // Of equals the first: `max_by_key` would take the last.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| *count == most).map_or(b',', |(delimiter, _)| *delimiter)
}

fn rows(text: impl Read, delimiter: u8, table: &mut Table<'_>, problems: &mut Problems) {
    let (text, line_of) = Counted::new(text);
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    let mut record = ::csv::StringRecord::new();
    let mut width = None;
    let mut cells: Vec<String> = Vec::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let offset = error.position().map_or(0, ::csv::Position::byte);
                return broken(&error, line_of.offset(offset), problems);
            }
        }
        let line = line_of.offset(record.position().map_or(0, ::csv::Position::byte));
        let columns = *width.get_or_insert(record.len());
        if record.len() != columns && record.iter().any(|cell| !cell.trim().is_empty()) {
            problems.line(
                line,
                format!(
                    "the row has {} cells, the header {columns}, quote cells that hold the delimiter",
                    record.len()
                ),
            );
        } else {
            cells.clear();
            cells.extend(record.iter().map(str::to_owned));
            if table.take(line, &cells, problems) == Next::Stop {
                return;
            }
        }
        if problems.are_too_many() {
            return;
        }
    }
}

fn broken(error: &::csv::Error, line: u64, problems: &mut Problems) {
    match error.kind() {
        ::csv::ErrorKind::Utf8 { err, .. } => problems.at(
            Place { line, column: err.field() as u64 + 1 },
            "the encoding is not UTF-8, save the file as UTF-8 or set `encoding = \"windows1252\"` for this source",
        ),
        _ => problems.line(line, format!("not CSV: {error}")),
    }
}
