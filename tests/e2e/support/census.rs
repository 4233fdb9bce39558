//! Runs the built binary with an environment of its own.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// No test needs longer.
const LIMIT: Duration = Duration::from_secs(180);

/// The binary with a home, a working directory and an environment of its own.
pub(crate) struct Census {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl Census {
    /// No cloud to talk to, no credentials.
    pub(crate) fn offline() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for name in ["home", "work", "tmp"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let census = Self { environment: BTreeMap::new(), folder };
        let home = census.home().display().to_string();
        let temporary = census.folder.path().join("tmp").display().to_string();
        census.with("HOME", &home).with("TMPDIR", &temporary).with("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// Talks to this endpoint as `test`.
    pub(crate) fn at(endpoint: &str) -> Self {
        Self::offline()
            .with("AWS_ENDPOINT_URL", endpoint)
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", "test")
            .with("AWS_SECRET_ACCESS_KEY", "test")
    }

    /// Sets a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Its home.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Its working directory.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Its folder for temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Writes a file into its working directory, with its folders.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Runs it to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.start(arguments).wait()
    }

    /// Runs it and expects this exit status.
    pub(crate) fn expect<S: AsRef<OsStr>>(&self, code: i32, arguments: &[S]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.status.code(), Some(code), "exit status of {run}");
        run
    }

    /// Scans with a JSON report on stdout, whatever the exit status.
    pub(crate) fn scan(&self, more: &[&str]) -> (i32, Value) {
        let arguments: Vec<&str> =
            ["scan", "aws", "--format", "json", "--output", "-"].iter().chain(more).copied().collect();
        let run = self.run(&arguments);
        let code = run.status.code().unwrap_or_else(|| panic!("ended by a signal: {run}"));
        (code, run.json())
    }

    /// Starts it.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_census"));
        command.env_clear().envs(&self.environment).current_dir(self.work()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let what =
            arguments.iter().map(|a| a.as_ref().to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
        let mut child = command.spawn().expect("the binary starts");
        let stdout = drain(child.stdout.take().expect("a pipe"));
        let stderr = drain(child.stderr.take().expect("a pipe"));
        Running { child, stdout, stderr, what, began: Instant::now() }
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a readable pipe");
        bytes
    })
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    what: String,
    began: Instant,
}

impl Running {
    /// Sends what Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        let status = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(status.expect("kill starts").success(), "the process is gone already");
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> Run {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the state of the process") {
                break status;
            }
            if self.began.elapsed() > LIMIT {
                let _ = self.child.kill();
                panic!("`census {}` did not end within {LIMIT:?}", self.what);
            }
            thread::sleep(Duration::from_millis(5));
        };
        let elapsed = self.began.elapsed();
        let stdout = self.stdout.join().expect("stdout");
        let stderr = String::from_utf8(self.stderr.join().expect("stderr")).expect("stderr is UTF-8");
        assert!(!stderr.contains("panicked at"), "`census {}` panicked: {stderr}", self.what);
        Run { status, stdout, stderr, elapsed, what: self.what }
    }
}

/// A run that ended.
pub(crate) struct Run {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) elapsed: Duration,
    what: String,
}

impl Run {
    /// stdout as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap_or_else(|_| panic!("stdout is not UTF-8: {self}"))
    }

    /// stdout as text on one line, however it was broken.
    pub(crate) fn words(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// stdout as JSON, and nothing but JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON: {error}: {self}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stdout: String = String::from_utf8_lossy(&self.stdout).chars().take(2000).collect();
        write!(f, "`census {}` ({})\nstdout: {stdout}\nstderr: {}", self.what, self.status, self.stderr)
    }
}

/// Every file below a folder with its content, by relative path.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("`{}`: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below the folder").display().to_string();
                found.insert(name, fs::read(&path).expect("a readable file"));
            }
        }
    }
    found
}
