#!/usr/bin/env bash
# Starts everything: installs what is missing, builds, brings up the embedded local chain and serves the backend.
# With RPC_URL set (in .env or the environment) it uses that chain and starts the backend alone.
# Ctrl-C stops all that was started; a restart finds the same chain.
# Environment: PORT (default 3001), LOCAL_CHAIN_PORT (8545), RESERVE_API_PORT (3002), LOCAL_DIR (.local): stacks with
# ports and folders of their own run side by side. BUILD_PROFILE (release), BACKEND_BIN (built already).
. "$(dirname "$0")/lib.sh"
need cargo "install Rust (https://rustup.rs)"
ensure_bun
ensure_packages
ensure_console
ensure_foundry
cd "$ROOT"
export BUN_PATH=$BUN
run_script stack/main.ts
