#!/usr/bin/env bash
# What a real browser may do and what it may not, the client and the guide's snippets in pages, and the console: against a
# local stack of its own under target/, on free ports. Environment: BACKEND_BIN (built already, after the console), CHROMIUM
# (the browser's program).
#   bash scripts/test-browser.sh                       all checks
#   bash scripts/test-browser.sh --only WORDS          those whose sentence has the words
#   bash scripts/test-browser.sh --screenshots FOLDER  pictures of the console's pages instead
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_console
ensure_foundry
ensure_biome
ensure_client_packages
ensure_chromium
cd "$ROOT"
# Set, so that nothing of a .env file takes part.
export RPC_URL='' LOCAL_DIR=$ROOT/target/browser-test BUILD_PROFILE=${BUILD_PROFILE:-dev} CHROMIUM
run_script browser/main.ts "$@"
