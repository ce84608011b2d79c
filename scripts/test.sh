#!/usr/bin/env bash
# Every check and test, from a clean clone: installs what is missing, then formats, lints, types, units, contracts,
# end-to-end; at the end, the time of each step.
#   bash scripts/test.sh            all steps, under 25 minutes on two quiet cores
#   bash scripts/test.sh NAME…      only the named ones
#   bash scripts/test.sh long       the long campaigns, hours: fault injection, mutation, soak, fuzzing, coverage of the contracts
. "$(dirname "$0")/lib.sh"
cd "$ROOT"
need cargo "install Rust (https://rustup.rs)"
need npm "install Node.js 18 or later (https://nodejs.org)"

quick='format style shells spelling deny solidity lint docs structure types contracts gas mutants deployable fixture workflow client backend stack browser contract readme'
long='campaign simulation mutation soak fuzz coverage'

# Formatters and linters, by tool: rustfmt, Biome, shellcheck, typos, cargo-deny, forge fmt, clippy, rustdoc.
format() { cargo fmt --check; }
style() { ensure_biome && biome check --error-on-warnings .; }
shells() { bash scripts/check-shells.sh; }
spelling() { ensure_python_tools && typos; }
deny() {
  ensure_python_tools && cargo-deny --locked check bans licenses sources || return 1
  if GIT_TERMINAL_PROMPT=0 cargo-deny --locked fetch db >/dev/null 2>&1; then
    cargo-deny --locked check advisories
  else
    say "advisories are not checked: the RustSec database cannot be fetched from here"
  fi
}
solidity() { (cd "$WORKFLOW" && forge fmt --check); }
# The campaign is no test that runs by itself, so no other step would compile it.
lint() { cargo clippy --locked --all-targets --test chaos --quiet -- -D warnings; }
# Private items are documented for those who work here, so public text may link to them.
docs() {
  RUSTDOCFLAGS='-D warnings -A rustdoc::private_intra_doc_links' cargo doc --locked --no-deps --document-private-items --quiet
}

# The floor plans: who imports whom, in TypeScript and in Rust.
structure() { "$BUN" run scripts/structure.ts && cargo test --locked --quiet --test structure; }

# counted FOLDER PATTERN COMMAND…: runs a test runner that CI does not know and repeats its closing figures as a line that
# CI does; PATTERN is what sed turns into that line.
counted() {
  local folder=$1 pattern=$2 log status=0
  shift 2
  log=$(mktemp)
  (cd "$folder" && "$@") 2>&1 | tee "$log" || status=$?
  tr '\n' ' ' <"$log" | sed -nE "s/.*$pattern.*/\1 passed, \2 failed/p"
  echo
  rm -f "$log"
  return "$status"
}
forge_tests() { counted "$WORKFLOW" 'Ran [0-9]+ test suites? in[^:]*: ([0-9]+) tests passed, ([0-9]+) failed' forge "$@"; }
contracts() {
  (cd "$WORKFLOW" && forge build && node tools/abi.cjs --check) && forge_tests test --no-match-contract GasTest
}
# The gas of each case must be the one in contracts/snapshots; FORGE_SNAPSHOT_EMIT=true rewrites it.
gas() {
  FORGE_SNAPSHOT_CHECK=true forge_tests test --isolate --match-contract GasTest &&
    (cd "$WORKFLOW" && cat contracts/snapshots/*.json)
}
coverage() { (cd "$WORKFLOW" && forge coverage --report summary --no-match-coverage '(test|script|node_modules)' --no-match-contract '(Invariant|GasTest)'); }

types() {
  local tsc=$WORKFLOW/node_modules/.bin/tsc project
  ensure_biome && ensure_client_packages
  (cd "$WORKFLOW" && "$BUN" run typecheck) || return 1
  for project in scripts scripts/browser console console/test; do "$tsc" --project "$project/tsconfig.json" || return 1; done
  client/node_modules/.bin/tsc --project client/tsconfig.json --noEmit
}
deployable() { (cd "$WORKFLOW" && "$BUN" run compile:check); }
fixture() { bash scripts/test-fixture.sh; }
bun_tests() { counted "$1" ' ([0-9]+) pass +([0-9]+) fail' "$BUN" run test; }
workflow() { bun_tests "$WORKFLOW"; }
client() { ensure_client_packages && bun_tests "$ROOT/client" && bun_tests "$ROOT/console"; }

backend() {
  ensure_postgres
  ensure_nginx
  ensure_promtool
  if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked; else cargo test --locked; fi
}

stack() { bash scripts/test-stack.sh; }
browser() { bash scripts/test-browser.sh; }
contract() { bash scripts/test-contract.sh; }
readme() { bash scripts/test-readme.sh; }

# The long ones; each prints what repeats it.
campaign() { bash scripts/chaos.sh --points "${CAMPAIGN_POINTS:-300}"; }
simulation() { bash scripts/chaos.sh --simulated --points "${SIMULATION_POINTS:-10000}"; }
# Twenty of its mutants, by a seed that is printed; the same every time, so that a run says something of the code.
mutants() { (cd "$WORKFLOW" && node tools/mutation.cjs --sample 20 --seed "${MUTANTS_SEED:-1}"); }
mutation() { (cd "$WORKFLOW" && forge build && node tools/mutation.cjs); }
soak() {
  (cd "$WORKFLOW" && "$BUN" run soak && "$BUN" run soak --serving && REPEATED_RUNS=500 "$BUN" run test test/repeatable.test.ts)
}
fuzz() {
  FOUNDRY_FUZZ_RUNS=${FUZZ_RUNS:-20000} FOUNDRY_INVARIANT_RUNS=${INVARIANT_RUNS:-256} FOUNDRY_INVARIANT_DEPTH=128 \
    forge_tests test --no-match-contract GasTest
}

case $* in
  '') steps=$quick ;;
  long) steps=$long ;;
  *) steps=$* ;;
esac
for step in $steps; do
  case " $quick $long " in
    *" $step "*) ;;
    *) die "there is no step \"$step\"; the steps are: $quick; with long: $long" ;;
  esac
done
commit=$(git rev-parse HEAD 2>/dev/null || echo 'an unknown commit')
[ -z "$(git status --porcelain 2>/dev/null)" ] || commit="$commit with changes"

# A build from nothing is quicker without what would make the next one quick.
[ -d target ] || export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"
ensure_bun
ensure_packages
ensure_console
ensure_foundry
failed='' times=''
for step in $steps; do
  say "$step"
  began=$SECONDS outcome=passed
  # In a shell of its own, because a tool that cannot be had ends the step, not the others.
  ("$step") || outcome=FAILED failed="$failed $step"
  say "$step took $((SECONDS - began)) s"
  times="$times$(printf '%8d s  %-10s  %s' $((SECONDS - began)) "$step" "$outcome")
"
done
printf '\n%s%8d s  in all\n' "$times" "$SECONDS"
[ -z "$failed" ] || die "failed:$failed"
say "all steps passed on $commit"
