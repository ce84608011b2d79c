#!/usr/bin/env bash
# Every check and test, from a clean clone: installs what is missing, then formats, lints, types, units, contracts,
# end-to-end. `bash scripts/test.sh NAME…` runs only the named steps (see the list at the end of this file).
. "$(dirname "$0")/lib.sh"
cd "$ROOT"
need cargo "install Rust (https://rustup.rs)"
need npm "install Node.js 18 or later (https://nodejs.org)"

tools() {
  ensure_bun
  ensure_packages
  ensure_foundry
}

format() { cargo fmt --check; }
lint() { cargo clippy --locked --all-targets --quiet -- -D warnings; }

# Runs forge and repeats its closing line as one that CI knows.
forge_tests() {
  local log status=0
  log=$(mktemp)
  (cd "$WORKFLOW" && forge "$@") 2>&1 | tee "$log" || status=$?
  sed -nE 's/^Ran .*: ([0-9]+) tests passed, ([0-9]+) failed.*/\1 passed, \2 failed/p' "$log" | tail -n 1
  rm -f "$log"
  return "$status"
}
contracts() {
  (cd "$WORKFLOW" && forge build && node tools/abi.cjs --check) && forge_tests test --no-match-contract GasTest
}
# The gas of each case must be the one in contracts/snapshots; FORGE_SNAPSHOT_EMIT=true rewrites it.
gas() {
  FORGE_SNAPSHOT_CHECK=true forge_tests test --isolate --match-contract GasTest &&
    (cd "$WORKFLOW" && cat contracts/snapshots/*.json)
}
coverage() { (cd "$WORKFLOW" && forge coverage --report summary --no-match-coverage '(test|script|node_modules)' --no-match-contract '(Invariant|GasTest)'); }

types() { (cd "$WORKFLOW" && "$BUN" run typecheck) && "$WORKFLOW/node_modules/.bin/tsc" --project scripts/tsconfig.json; }
deployable() { (cd "$WORKFLOW" && "$BUN" run compile:check); }
fixture() { bash scripts/test-fixture.sh; }
workflow() { (cd "$WORKFLOW" && "$BUN" test); }

backend() {
  ensure_postgres
  if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked; else cargo test --locked; fi
}

stack() { bash scripts/test-stack.sh; }

tools
failed=()
for step in ${*:-format lint types contracts gas coverage deployable fixture workflow backend stack}; do
  say "$step"
  began=$SECONDS
  "$step" || failed+=("$step")
  say "$step took $((SECONDS - began)) s"
done
[ ${#failed[@]} -eq 0 ] || die "failed: ${failed[*]}"
say "all steps passed in $SECONDS s"
