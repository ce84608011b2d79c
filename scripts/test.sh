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

contracts() {
  local log status=0
  log=$(mktemp)
  (cd "$WORKFLOW" && forge build && node tools/abi.cjs --check && forge test) 2>&1 | tee "$log" || status=$?
  # forge's closing line is its own; this one is read by CI.
  sed -nE 's/.* ([0-9]+) tests passed, ([0-9]+) failed.*/\1 passed, \2 failed/p; s/.*tests: ([0-9]+) tests passed.*//p' "$log" | tail -n 1
  rm -f "$log"
  return "$status"
}

types() { (cd "$WORKFLOW" && "$BUN" run typecheck) && "$WORKFLOW/node_modules/.bin/tsc" --project scripts/tsconfig.json; }
deployable() { (cd "$WORKFLOW" && "$BUN" run compile:check); }
fixture() { bash scripts/test-fixture.sh; }
workflow() { (cd "$WORKFLOW" && "$BUN" test); }

backend() {
  if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked; else cargo test --locked; fi
}

stack() { bash scripts/test-stack.sh; }

tools
failed=()
for step in ${*:-format lint types contracts deployable fixture workflow backend stack}; do
  say "$step"
  began=$SECONDS
  "$step" || failed+=("$step")
  say "$step took $((SECONDS - began)) s"
done
[ ${#failed[@]} -eq 0 ] || die "failed: ${failed[*]}"
say "all steps passed in $SECONDS s"
