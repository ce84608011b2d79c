#!/usr/bin/env bash
# Benchmarks; compare figures within one run, not between machines.
#   bash scripts/bench.sh accept    durable accepts a second, and their latency at 1000 a second, on both databases
. "$(dirname "$0")/lib.sh"
need cargo "install Rust (https://rustup.rs)"
cd "$ROOT"
case ${1:-} in
  accept)
    ensure_postgres
    exec cargo bench --locked --quiet --bench accept
    ;;
  *) die "say what to measure: bash scripts/bench.sh accept" ;;
esac
