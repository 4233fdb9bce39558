//! `census-fake-azure --documents DIR [--settings FILE] [--calls FILE]`: runs the fake until its input closes.

use std::{
    error::Error,
    ffi::OsString,
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use census_fake_azure::{Fake, Settings, Tenant};

const USAGE: &str = "usage: census-fake-azure --documents DIR [--settings FILE] [--calls FILE]
  --documents DIR   a tenant's documents, or a folder with several below `tenants/`
  --settings FILE   page sizes, lifetime of tokens and faults, as JSON
  --calls FILE      where to write, at the end, what clients asked for: {\"calls\":[…],\"refused_hosts\":[…]}
prints {\"proxy\":URL,\"ca\":FILE} and runs until its input closes
";

#[derive(Default)]
struct Arguments {
    documents: PathBuf,
    settings: Option<PathBuf>,
    calls: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = arguments(std::env::args_os().skip(1))?;
    let settings = match &arguments.settings {
        Some(path) => serde_json::from_slice(&read(path)?)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?,
        None => Settings::default(),
    };
    let fake = Fake::start(Tenant::open_all(&arguments.documents)?, settings)?;
    let ready = serde_json::json!({ "proxy": fake.proxy_url(), "ca": fake.ca_pem_path() });
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    if let Some(path) = &arguments.calls {
        let calls = serde_json::json!({ "calls": fake.calls(), "refused_hosts": fake.refused_hosts() });
        fs::write(path, calls.to_string())
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

fn arguments(mut given: impl Iterator<Item = OsString>) -> Result<Arguments, Box<dyn Error>> {
    let (mut arguments, mut documents) = (Arguments::default(), None);
    while let Some(name) = given.next() {
        let value = given.next().map(PathBuf::from);
        match name.to_str() {
            Some("--documents") => documents = value,
            Some("--settings") => arguments.settings = value,
            Some("--calls") => arguments.calls = value,
            _ => return Err(format!("`{}` is not known\n{USAGE}", name.display()).into()),
        }
    }
    arguments.documents = documents.ok_or_else(|| format!("`--documents` is missing\n{USAGE}"))?;
    Ok(arguments)
}
