//! Tables in a spreadsheet (.xlsx). Cells come one by one: a sheet that names a cell in its last corner costs no more
//! than that cell.

use std::io::{BufReader, Seek, SeekFrom};

use calamine::{DataRef, Dimensions, Reader as _, SheetType, SheetVisible, Xlsx};

use super::{Next, Source, Table, archive};
use crate::registry::{Place, Problems, shown};

/// The most columns that are looked at.
const MAX_COLUMNS: u32 = 1_000;

/// Reads rows of a sheet.
pub(super) fn read(
    source: &mut dyn Source,
    sheet: Option<&str>,
    table: &mut Table<'_>,
    problems: &mut Problems,
) {
    archive::inspect(source, problems);
    if !problems.is_empty() {
        return;
    }
    if let Err(error) = source.seek(SeekFrom::Start(0)) {
        return problems.file(format!("cannot be read: {error}"));
    }
    let mut workbook = match Xlsx::new(BufReader::new(source)) {
        Ok(workbook) => workbook,
        Err(error) => return problems.file(format!("not a spreadsheet (.xlsx): {error}")),
    };
    let Some(sheet) = chosen(&workbook, sheet, problems) else { return };
    let merged = match workbook.merge_cells_by_sheet_name(&sheet) {
        Ok(merged) => merged,
        Err(error) => return problems.file(format!("sheet {}: {error}", shown(&sheet))),
    };
    if let Err(error) = rows(&mut workbook, &sheet, &merged, table, problems) {
        problems.file(format!("sheet {}: {error}", shown(&sheet)));
    }
}

/// The sheet that is named, or the only one that can be seen.
fn chosen<RS: std::io::Read + Seek>(
    workbook: &Xlsx<RS>,
    named: Option<&str>,
    problems: &mut Problems,
) -> Option<String> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (seen, hidden): (Vec<_>, Vec<_>) = sheets.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let list = || seen.iter().map(|sheet| shown(&sheet.name)).collect::<Vec<_>>().join(", ");
    match (named, seen.as_slice()) {
        (Some(name), _) => {
            let found = seen.iter().chain(&hidden).find(|sheet| sheet.name == name);
            if found.is_none() {
                problems.file(format!("there is no sheet {}, there are {}", shown(name), list()));
            }
            found.map(|sheet| sheet.name.clone())
        }
        (None, [only]) => Some(only.name.clone()),
        (None, []) => {
            problems.file("there is no sheet");
            None
        }
        (None, _) => {
            problems.file(format!("there are several sheets ({}), name one with `sheet`", list()));
            None
        }
    }
}

fn rows<RS: std::io::Read + Seek>(
    workbook: &mut Xlsx<RS>,
    sheet: &str,
    merged: &[Dimensions],
    table: &mut Table<'_>,
    problems: &mut Problems,
) -> Result<(), calamine::XlsxError> {
    let mut reader = workbook.worksheet_cells_reader(sheet)?;
    let mut row = RowInHand::default();
    while let Some(cell) = reader.next_cell()? {
        let (number, column) = cell.get_position();
        if number != row.number && row.pass(merged, table, problems) == Next::Stop {
            return Ok(());
        }
        if number < row.number {
            problems.line(u64::from(number) + 1, "the rows are not in order, save the spreadsheet anew");
            return Ok(());
        }
        row.number = number;
        if column >= MAX_COLUMNS {
            continue;
        }
        let place = Place { line: u64::from(number) + 1, column: u64::from(column) + 1 };
        row.set(column, text(cell.get_value(), place, problems));
    }
    row.pass(merged, table, problems);
    Ok(())
}

/// The row that cells are added to.
#[derive(Default)]
struct RowInHand {
    number: u32,
    cells: Vec<String>,
}

impl RowInHand {
    fn set(&mut self, column: u32, text: String) {
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = text;
        }
    }

    /// Hands the row on.
    fn pass(&mut self, merged: &[Dimensions], table: &mut Table<'_>, problems: &mut Problems) -> Next {
        let empty = self.cells.iter().all(|cell| cell.trim().is_empty());
        let (line, before) = (u64::from(self.number) + 1, table.header);
        let next = table.take(line, &self.cells, problems);
        self.cells.clear();
        // Of merged cells only the first holds the value, so what the others mean is a guess.
        if !before && !empty {
            for area in merged.iter().filter(|area| area.end.0 >= self.number) {
                let place = Place { line: u64::from(area.start.0) + 1, column: u64::from(area.start.1) + 1 };
                let (rows, columns) = (area.end.0 - area.start.0 + 1, area.end.1 - area.start.1 + 1);
                problems.at(
                    place,
                    format!(
                        "{rows} by {columns} cells are merged, of which only the first holds the value: unmerge \
                         them and fill in each"
                    ),
                );
            }
        }
        if problems.are_too_many() { Next::Stop } else { next }
    }
}

/// What a cell says, as a person reads it. Dates become `YYYY-MM-DD`.
fn text(value: &DataRef<'_>, place: Place, problems: &mut Problems) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(at) => at.as_f64().to_string(),
        DataRef::Error(error) => {
            problems.at(place, format!("the cell holds the error {error}, correct its formula"));
            String::new()
        }
    }
}
