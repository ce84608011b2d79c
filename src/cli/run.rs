//! Reads the command line and runs the command.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Subcommand};

use super::arguments::{Command, ConnectionArguments, KeysCommand};
use super::client::{Client, Key};
use super::exit::{Failure, end};
use super::{backup, events, keys, mint, operator, recover, serve, show, status};
use crate::config::{Settings, Surroundings};
use crate::http::openapi_document;

/// The one command about keys that needs the settings, because no gateway must be running.
const RECOVER: &str = "recover";

/// Runs the program to its end.
#[must_use]
pub fn run() -> ExitCode {
    let surroundings = Surroundings::look();
    let matches = command(&surroundings).get_matches();
    match matches.subcommand() {
        None => serve::serve(&surroundings, &matches),
        Some(("serve", matches)) => serve::serve(&surroundings, matches),
        Some(("keys", keys)) if let Some(matches) = keys.subcommand_matches(RECOVER) => {
            end(recover::recover(&surroundings, matches))
        }
        Some(_) => match Command::from_arg_matches(&matches) {
            Ok(command) => end(work(&surroundings, command)),
            Err(error) => error.exit(),
        },
    }
}

/// The whole command line. The settings stand before every command because `serve` is what happens without one.
fn command(surroundings: &Surroundings) -> clap::Command {
    let settings = Settings::command();
    let serve =
        settings.clone().name("serve").about("Run the gateway; this is what happens without a command");
    let recover = settings.clone().name(RECOVER);
    let recover = recover.about("Make a new admin.key in place of a lost one, while the gateway is stopped");
    let root = settings.args_conflicts_with_subcommands(true).subcommand(serve);
    let all = Command::augment_subcommands(surroundings.fill(root));
    let all = all.mut_subcommand("keys", |keys| keys.subcommand(recover));
    all.mut_subcommands(|command| {
        surroundings.fill(command.mut_subcommands(|inner| surroundings.fill(inner)))
    })
}

fn work(surroundings: &Surroundings, command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::refused(format!("the program cannot run: {error}")))?;
    runtime.block_on(async {
        let client = |connection: &ConnectionArguments| Client::new(surroundings, connection, Key::OrAdmin);
        match command {
            Command::Mint(arguments) => {
                let client = Client::new(surroundings, &arguments.connection, Key::Given)?;
                mint::mint(&client, &arguments).await
            }
            Command::Status(arguments) => status::status(&client(&arguments.connection)?, &arguments).await,
            Command::Keys(KeysCommand::Create(arguments)) => {
                keys::create(&client(&arguments.connection)?, &arguments).await
            }
            Command::Keys(KeysCommand::List(arguments)) => {
                keys::list(&client(&arguments.connection)?, &arguments).await
            }
            Command::Keys(KeysCommand::Rotate(arguments)) => {
                keys::rotate(&client(&arguments.connection)?, &arguments).await
            }
            Command::Keys(KeysCommand::Revoke(arguments)) => {
                keys::revoke(&client(&arguments.connection)?, &arguments).await
            }
            Command::Events(arguments) => events::events(&client(&arguments.connection)?, &arguments).await,
            Command::Pause(arguments) => {
                operator::operate(&client(&arguments.connection)?, &arguments, "pause").await
            }
            Command::Resume(arguments) => {
                operator::operate(&client(&arguments.connection)?, &arguments, "resume").await
            }
            Command::Backup(arguments) => backup::backup(surroundings, &arguments).await,
            Command::Openapi => show::text(&openapi_document()),
            Command::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut self::command(surroundings), "cre-backend", &mut script);
                show::text(&String::from_utf8_lossy(&script))
            }
        }
    })
}
