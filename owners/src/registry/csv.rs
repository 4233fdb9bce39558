//! A registry as CSV: a header row of field names, then one row an entry.

use super::{
    check::{Cell, RawEntry},
    error::{Place, Problems, shown},
    field::{Field, unknown_column},
};

/// Reads the rows. What is wrong goes to `problems`.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<RawEntry> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), offset: 0, line: 1 };
    let mut columns: Option<Vec<Option<Field>>> = None;
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.file(format!("not CSV: {error}"));
                break;
            }
        };
        let line = lines.of(record.position().map_or(0, ::csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &columns {
            None => columns = Some(header(&record, line, problems)),
            Some(columns) => entries.extend(row(&record, line, columns, problems)),
        }
    }
    if columns.is_none() {
        problems.file("there is no header row, the first row names the fields, at least `identity`");
    }
    entries
}

/// `;` where the header has more of them than of `,`: spreadsheets of many countries write it so.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if header.matches(';').count() > header.matches(',').count() { b';' } else { b',' }
}

/// The field of each column; a column without a name has none.
fn header(record: &::csv::StringRecord, line: u64, problems: &mut Problems) -> Vec<Option<Field>> {
    let mut columns: Vec<Option<Field>> = Vec::new();
    for (name, column) in record.iter().map(str::trim).zip(1..) {
        let place = Place { line, column };
        let field = Field::from_column(name);
        match field {
            None if name.is_empty() => {}
            None => problems.at(place, unknown_column(name)),
            Some(_) if columns.contains(&field) => {
                problems.at(place, format!("column `{name}` appears twice"));
            }
            Some(_) => {}
        }
        columns.push(field);
    }
    if problems.is_empty() && !columns.contains(&Some(Field::Identity)) {
        problems.line(line, "column `identity` is missing, every entry names the identity that it is about");
    }
    columns
}

fn row(
    record: &::csv::StringRecord,
    line: u64,
    columns: &[Option<Field>],
    problems: &mut Problems,
) -> Option<RawEntry> {
    if record.len() != columns.len() {
        let (cells, expected) = (record.len(), columns.len());
        problems.line(
            line,
            format!("the row has {cells} cells, the header {expected}, quote cells that hold the delimiter"),
        );
        return None;
    }
    let mut cells = Vec::new();
    for ((text, field), column) in record.iter().zip(columns).zip(1..) {
        let place = Place { line, column };
        match field {
            Some(field) => cells.push(Cell { field: *field, text: text.to_owned(), place }),
            None if text.trim().is_empty() => {}
            None => problems.at(place, format!("{} stands in a column without a known name", shown(text))),
        }
    }
    Some(RawEntry { line, cells })
}

/// Counts lines up to growing offsets. The reader's own count begins a record before the blank lines ahead of it.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, byte: u64) -> u64 {
        let wanted = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(b) = self.text.get(self.offset) {
            if self.offset >= wanted && !matches!(b, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*b == b'\n');
            self.offset += 1;
        }
        self.line
    }
}
