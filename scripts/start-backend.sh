#!/usr/bin/env bash
# Starts everything: installs what is missing, builds, brings up the embedded local chain and serves the backend.
# With RPC_URL set (in .env or the environment) it uses that chain and starts the backend alone.
# Ctrl-C stops all that was started; a restart finds the same chain.
. "$(dirname "$0")/lib.sh"

need cargo "install Rust (https://rustup.rs)"
ensure_bun
ensure_packages
ensure_foundry

profile=${BUILD_PROFILE:-release}
binary=$ROOT/target/$([ "$profile" = dev ] && echo debug || echo "$profile")/cre-backend
[ -x "$binary" ] || say "building the backend (the first build compiles its dependencies: some minutes)"
cargo build --manifest-path "$ROOT/Cargo.toml" --locked --quiet --profile "$profile" --bin cre-backend ||
  die "cargo build failed; its message is above"

cd "$ROOT"
BACKEND_BIN=$binary BUN_PATH=$BUN exec "$BUN" run --no-install "$ROOT/scripts/stack/main.ts"
