//! Spreadsheets as spreadsheet programs write them, and as nobody should.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

/// The parts of a workbook with one sheet of these rows (XML of `<row>` elements) and what follows them in the sheet.
pub(crate) fn parts(rows: &str, after: &str) -> Vec<(String, String)> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let all = [
        (
            "[Content_Types].xml",
            format!(
                r#"<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Owners" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{relations}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml",
            // Style 1 is a date (number format 14).
            format!(
                r#"<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>"#),
        ),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{relations}/hyperlink" Target="mailto:ada@example.com" TargetMode="External"/></Relationships>"#
            ),
        ),
    ];
    all.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

/// The row of a number, with a cell for each text; `#` begins a number and `@` a date's serial number.
pub(crate) fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(text, column): (&&str, char)| {
        let at = format!("{column}{number}");
        match (text.strip_prefix('#'), text.strip_prefix('@')) {
            (Some(value), _) => format!(r#"<c r="{at}"><v>{value}</v></c>"#),
            (_, Some(value)) => format!(r#"<c r="{at}" s="1"><v>{value}</v></c>"#),
            _ => format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#),
        }
    };
    let cells: String = cells.iter().zip('A'..).map(cell).collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

/// A ZIP archive.
pub(crate) fn archive(parts: &[(String, String)]) -> Cursor<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap()
}

/// A workbook of plain rows.
pub(crate) fn workbook(rows: &[&[&str]]) -> Cursor<Vec<u8>> {
    let rows: String = rows.iter().zip(1..).map(|(cells, number)| row(number, cells)).collect();
    archive(&parts(&rows, ""))
}
