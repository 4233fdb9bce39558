//! Starts the AWS stand-ins that the tests scan, and ends exactly those.

use std::{
    env,
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

const HELP: &str = "run `cargo xtask test`, which creates the Python environment that these tests need \
                    (or point CENSUS_TEST_ENV at one that has moto and ministack)";

/// The Python environment with moto, ministack and boto3.
pub(crate) fn environment() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/test-env");
    env::var_os("CENSUS_TEST_ENV").map_or_else(default, PathBuf::from)
}

/// A program of that environment.
pub(crate) fn program(name: &str) -> PathBuf {
    let path = environment().join("bin").join(name);
    assert!(path.exists(), "`{}` is missing: {HELP}", path.display());
    path
}

/// Which managed policies there are beside those that are put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Catalogue {
    /// The policies that AWS maintains. Makes every account slow to create and to read.
    Aws,
    /// None.
    Empty,
}

/// A server on 127.0.0.1 that lives as long as this value.
pub(crate) struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
    _folder: TempDir,
}

impl Server {
    /// moto: a broad inventory, no authorization.
    pub(crate) fn moto(catalogue: Catalogue) -> Self {
        Self::start("moto_server", "/moto-api/", |command, port| {
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            command.env("MOTO_IAM_LOAD_MANAGED_POLICIES", (catalogue == Catalogue::Aws).to_string());
        })
    }

    /// ministack: verifies signatures and evaluates policies. The caller `test` with secret `test` is its root.
    pub(crate) fn ministack() -> Self {
        Self::start("ministack", "/_ministack/health", |command, port| {
            command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
            command.env("AUTH", "true").env("IOT_MTLS_ENABLED", "0");
            command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        })
    }

    /// A fake that answers as a scenario says, held to AWS's models of its services.
    pub(crate) fn fake() -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/support/fake.py");
        Self::start("python", "/health", |command, port| {
            command.arg(&script).arg(port.to_string());
        })
    }

    /// The port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What `AWS_ENDPOINT_URL` takes.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start(name: &str, health: &str, configure: impl Fn(&mut Command, u16)) -> Self {
        // A free port may be taken by someone else before the server binds it: then another one is tried.
        for _ in 0..3 {
            if let Some(server) = Self::try_start(name, health, &configure) {
                return server;
            }
        }
        panic!("`{name}` did not start: {HELP}");
    }

    fn try_start(name: &str, health: &str, configure: impl Fn(&mut Command, u16)) -> Option<Self> {
        let folder = TempDir::new().expect("a temporary folder");
        let port = free_port();
        let log = folder.path().join("server.log");
        let output = File::create(&log).expect("a log file");
        let mut command = Command::new(program(name));
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("HOME", folder.path()).env("TMPDIR", folder.path()).current_dir(folder.path());
        command.stdin(Stdio::null()).stderr(output.try_clone().expect("the log file again")).stdout(output);
        configure(&mut command, port);
        let child = command.spawn().unwrap_or_else(|error| panic!("`{name}`: {error}: {HELP}"));
        let mut server = Self { child, port, log, _folder: folder };
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if server.child.try_wait().expect("the state of the server").is_some() {
                server.show_log();
                return None;
            }
            if answers(port, health) {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(50));
        }
        server.show_log();
        None
    }

    fn show_log(&self) {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        eprintln!("last lines of {}:", self.log.display());
        lines.iter().skip(lines.len().saturating_sub(30)).for_each(|line| eprintln!("  {line}"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            self.show_log();
        }
        // Already gone is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Whether a server answers a GET with status 200.
fn answers(port: u16, path: &str) -> bool {
    let attempt = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
        let mut head = [0_u8; 12];
        stream.read_exact(&mut head)?;
        Ok(&head == b"HTTP/1.1 200")
    };
    attempt().unwrap_or(false)
}
