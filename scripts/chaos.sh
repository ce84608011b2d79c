#!/usr/bin/env bash
# The long fault campaigns; a short one is part of scripts/test.sh. Each prints a table and the seed that repeats it.
#   bash scripts/chaos.sh --points 300                  kills the real binary on real Anvil and Bun
#   bash scripts/chaos.sh --simulated --points 10000    the same worker and store on a simulated chain and clock
. "$(dirname "$0")/lib.sh"
need cargo "install Rust (https://rustup.rs)"
ensure_bun
ensure_packages
ensure_foundry
ensure_postgres
ensure_faketime
bash "$ROOT/scripts/test-fixture.sh"
cd "$ROOT"
exec cargo test --locked --quiet --test chaos -- "$@"
