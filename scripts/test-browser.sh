#!/usr/bin/env bash
# What a real browser may do and what it may not: pages of allowed, foreign and unknown origins, the client and the guide's
# snippets in them, against a local stack of its own under target/, on free ports. Environment: BACKEND_BIN (built
# already), CHROMIUM (the browser's program).
. "$(dirname "$0")/lib.sh"
ensure_bun
ensure_packages
ensure_foundry
ensure_biome
ensure_client_packages
ensure_chromium
cd "$ROOT"
# Set, so that nothing of a .env file takes part.
export RPC_URL='' LOCAL_DIR=$ROOT/target/browser-test BUILD_PROFILE=${BUILD_PROFILE:-dev} CHROMIUM
run_script browser/main.ts
