#!/usr/bin/env bash
# The compliance officer's commands; `bash scripts/compliance.sh help` lists them.
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
exec "$BUN" run --no-install "$ROOT/scripts/compliance/main.ts" "$@"
