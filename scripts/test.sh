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

# counted PATTERN COMMAND…: runs a test runner that CI does not know and repeats its closing figures as a line that CI
# does; PATTERN is what sed turns into that line.
counted() {
  local pattern=$1 log status=0
  shift
  log=$(mktemp)
  (cd "$WORKFLOW" && "$@") 2>&1 | tee "$log" || status=$?
  tr '\n' ' ' <"$log" | sed -nE "s/.*$pattern.*/\1 passed, \2 failed/p"
  echo
  rm -f "$log"
  return "$status"
}
forge_tests() { counted 'Ran [0-9]+ test suites? in[^:]*: ([0-9]+) tests passed, ([0-9]+) failed' forge "$@"; }
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
workflow() { counted ' ([0-9]+) pass +([0-9]+) fail' "$BUN" run test; }

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
