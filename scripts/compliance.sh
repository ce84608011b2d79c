#!/usr/bin/env bash
# The compliance officer's commands; `bash scripts/compliance.sh help` lists them.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
run_script compliance/main.ts "$@"
