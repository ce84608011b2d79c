#!/usr/bin/env bash
# Runs the README's commands in their order, as printed, on a stack of its own under target/, and compares the answers.
# Environment: PORT, ADMIN_ADDR, LOCAL_CHAIN_PORT, RESERVE_API_PORT where the default ports are taken; BACKEND_BIN (built already).
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry
cd "$ROOT"
# Set, so that nothing of a .env file takes part.
export RPC_URL='' PORT=${PORT:-3001} LOCAL_CHAIN_PORT=${LOCAL_CHAIN_PORT:-8545} RESERVE_API_PORT=${RESERVE_API_PORT:-3002}
export LOCAL_DIR=$ROOT/target/readme-test BUILD_PROFILE=${BUILD_PROFILE:-dev}
run_script readme/main.ts
