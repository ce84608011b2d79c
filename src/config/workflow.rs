//! How the workflow is run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use super::reader::{Reader, given};
use crate::base::schedule::Schedule;
use crate::workflow::WorkflowError;
use crate::workflow::local::transmitters::transmitter_count;
use crate::workflow::local::{Engine, Mode};

/// Most workflow runs at once: each needs a funded transmitter key of its own.
const CONCURRENCY_MAX: usize = 64;
/// Longest a run may take: the report it signs is valid for at most 15 minutes.
const TIMEOUT_MAX_SECONDS: u64 = 600;

/// The workflow's settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct WorkflowSettings {
    /// Folder of the CRE project [default: bank-stablecoin-por-ace-ccip-workflow]
    #[arg(long, env)]
    workflow_dir: Option<String>,
    /// How the workflow is run: warm (processes that stay) or cold (one for each run) [default: warm]
    #[arg(long, env)]
    workflow_mode: Option<String>,
    /// What evaluates the workflow: bun (fast) or quickjs (the DON's engine, for code that nobody has read) [default: bun]
    #[arg(long, env)]
    workflow_engine: Option<String>,
    /// Workflow runs at once, one funded transmitter key each [default: number of cores, at most of keys]
    #[arg(long, env)]
    workflow_concurrency: Option<String>,
    /// Deadline of one workflow run [default: 60]
    #[arg(long, env)]
    workflow_timeout_seconds: Option<String>,
    /// The Bun program [default: bun]
    #[arg(long, env)]
    bun_path: Option<String>,
    /// Folder that holds one private directory per workflow run [default: .local/runs]
    #[arg(long, env)]
    cre_run_dir: Option<String>,
    /// Keys of the local DON [default: .local/don.json]
    #[arg(long, env)]
    cre_don_file: Option<String>,
    /// The workflow's configuration, as it is deployed [default: config.local.json in the workflow folder]
    #[arg(long, env)]
    cre_config_file: Option<String>,
    /// What the cre tool makes of the workflow for a DON, whose id the runs then have
    #[arg(long, env)]
    workflow_artifact: Option<String>,
    /// Where programs are found; handed to the workflow
    #[arg(long, env, hide = true)]
    path: Option<String>,
    /// Home folder; handed to the workflow
    #[arg(long, env, hide = true)]
    home: Option<String>,
}

/// The workflow's settings.
#[derive(Clone, Debug)]
pub struct WorkflowConfig {
    /// Folder of the CRE project; holds `main.ts` and `config.local.json`.
    pub dir: PathBuf,
    /// How the workflow is run.
    pub mode: Mode,
    /// What evaluates the workflow.
    pub engine: Engine,
    /// Workflow runs at once.
    pub concurrency: usize,
    /// Deadline of one run.
    pub timeout: Duration,
    /// The Bun program.
    pub bun_path: PathBuf,
    /// Folder of the private run directories.
    pub run_dir: PathBuf,
    /// Keys of the local DON.
    pub don_file: PathBuf,
    /// The configuration of the workflow, as it is deployed.
    pub config_file: PathBuf,
    /// What is deployed of the workflow, if that was made.
    pub artifact: Option<PathBuf>,
    /// When the workflow's schedule fires, if it has one.
    pub attest_schedule: Option<Schedule>,
    /// `PATH` and `HOME` for the workflow process.
    pub child_env: Vec<(String, String)>,
}

impl WorkflowSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> WorkflowConfig {
        let dir = reader.path("WORKFLOW_DIR", &self.workflow_dir, "bank-stablecoin-por-ace-ccip-workflow");
        let has_workflow = dir.join("main.ts").is_file();
        if !has_workflow {
            reader.refuse("WORKFLOW_DIR", "must name the CRE project folder (the one that holds main.ts)");
        }
        let of_folder = dir.join("config.local.json");
        let config_file = reader.path("CRE_CONFIG_FILE", &self.cre_config_file, &of_folder.to_string_lossy());
        if !config_file.is_file() && (has_workflow || config_file != of_folder) {
            let problem = "must name the workflow's configuration; there is no such file";
            reader.refuse("CRE_CONFIG_FILE", problem);
        }
        let don_file = reader.path("CRE_DON_FILE", &self.cre_don_file, ".local/don.json");
        let concurrency = self.concurrency(reader, &don_file);
        let modes = [("warm", Mode::Warm(concurrency)), ("cold", Mode::Cold)];
        WorkflowConfig {
            dir,
            mode: reader.word("WORKFLOW_MODE", &self.workflow_mode, &modes),
            engine: reader.word(
                "WORKFLOW_ENGINE",
                &self.workflow_engine,
                &[("bun", Engine::Bun), ("quickjs", Engine::QuickJs)],
            ),
            concurrency,
            timeout: reader.seconds(
                "WORKFLOW_TIMEOUT_SECONDS",
                &self.workflow_timeout_seconds,
                60,
                (1, TIMEOUT_MAX_SECONDS),
            ),
            bun_path: reader.program("BUN_PATH", &self.bun_path, "bun", self.path.as_deref()),
            run_dir: reader.path("CRE_RUN_DIR", &self.cre_run_dir, ".local/runs"),
            don_file,
            artifact: self.artifact(reader),
            attest_schedule: attest_schedule(reader, &config_file),
            config_file,
            child_env: [("PATH", &self.path), ("HOME", &self.home)]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
                .collect(),
        }
    }

    fn artifact(&self, reader: &mut Reader<'_>) -> Option<PathBuf> {
        let name = "WORKFLOW_ARTIFACT";
        let file = given(&self.workflow_artifact).map(|path| reader.below(path));
        reader.show_if_set(name, file.as_ref().map(|file| file.display()));
        if file.as_ref().is_some_and(|file| !file.is_file()) {
            reader.refuse(name, "names no file");
        }
        file
    }

    /// Runs at once: as many as there are keys at most, and no more than cores where nothing is said.
    fn concurrency(&self, reader: &mut Reader<'_>, don_file: &Path) -> usize {
        let (name, value) = ("WORKFLOW_CONCURRENCY", &self.workflow_concurrency);
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        match transmitter_count(don_file) {
            Ok(keys) => {
                let concurrency = reader.number(name, value, cores.min(keys), (1, CONCURRENCY_MAX));
                if concurrency > keys {
                    let problem = WorkflowError::TooConcurrent(concurrency, keys).to_string();
                    reader.refuse(name, problem.trim_start_matches(name).trim_start());
                }
                concurrency
            }
            Err(error) => {
                let problem = match don_file.is_file() {
                    true => error.to_string().trim_start_matches("CRE_DON_FILE").trim_start().to_owned(),
                    false => "names no file; scripts/start-backend.sh makes one for the local DON".to_owned(),
                };
                reader.refuse("CRE_DON_FILE", problem);
                reader.number(name, value, cores, (1, CONCURRENCY_MAX))
            }
        }
    }
}

/// When the workflow's schedule fires. A configuration that is no JSON is the runs' affair: it may be mended meanwhile.
fn attest_schedule(reader: &mut Reader<'_>, config_file: &Path) -> Option<Schedule> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Scheduled {
        attest_schedule: Option<String>,
    }
    let text = std::fs::read(config_file).unwrap_or_default();
    let Scheduled { attest_schedule } = serde_json::from_slice(&text).unwrap_or_default();
    match attest_schedule?.parse() {
        Ok(schedule) => Some(schedule),
        Err(problem) => {
            reader.refuse("CRE_CONFIG_FILE", format!("has an attestSchedule that {problem}"));
            None
        }
    }
}
