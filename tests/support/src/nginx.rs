//! nginx in front of a gateway, as docs/operations.md has it.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{free_port, root, until};

/// A running nginx with the configuration of the documents.
#[derive(Debug)]
pub struct Nginx {
    /// Where it listens.
    pub url: String,
    /// Its process, which ends with it.
    _process: Child,
    /// Its files.
    _folder: TempDir,
}

impl Nginx {
    /// Starts it in front of the gateway on this port: the documented block with other ports and without TLS, and with
    /// these lines left out.
    pub async fn start(gateway_port: u16, left_out: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let path = folder.path().join("nginx.conf");
        std::fs::write(&path, configuration(folder.path(), gateway_port, port, left_out)).expect("a file");
        #[expect(clippy::disallowed_methods, reason = "the proxy is a program of its own")]
        let process = Command::new("nginx")
            .env("PATH", "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
            .args(["-e", "stderr", "-c"])
            .arg(&path)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("nginx starts; scripts/test.sh installs it");
        let listens = until(async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok());
        assert!(listens.await, "nginx does not listen; its message is above");
        Self { url: format!("http://127.0.0.1:{port}"), _process: process, _folder: folder }
    }
}

fn configuration(folder: &Path, gateway_port: u16, port: u16, left_out: &[&str]) -> String {
    let page = std::fs::read_to_string(root().join("docs/operations.md")).expect("docs/operations.md");
    let block = page.split("```nginx\n").nth(1).and_then(|rest| rest.split("```").next());
    let block = block.expect("docs/operations.md has an nginx block");
    let mut kept = String::new();
    for line in block.lines().filter(|line| !line.contains("ssl_certificate")) {
        if !left_out.iter().any(|part| line.contains(part)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let here = replaced(&kept, "server 127.0.0.1:3001;", &format!("server 127.0.0.1:{gateway_port};"));
    let here = replaced(&here, "listen 443 ssl;", &format!("listen 127.0.0.1:{port};"));
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("    {what}_temp_path {folder}/{what};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n    access_log off;\n{temporary}{here}}}\n"
    )
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "docs/operations.md no longer says {from}");
    text.replace(from, to)
}
