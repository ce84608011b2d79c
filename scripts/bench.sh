#!/usr/bin/env bash
# Benchmarks; compare figures within one run, not between machines. Linux only: what a process costs is read from /proc.
#   bash scripts/bench.sh [mints]   every way to mint under every load: tables, and a chart (about twelve minutes)
#        --quick                    the same in two minutes, with too few mints to be quoted
#        --systems LIST             of guide,cold,warm,batch,hand,floor
#   bash scripts/bench.sh pair      one mint alone: warm pool, server by hand and floor on one chain, in turn (a minute)
#        --rounds N
#   bash scripts/bench.sh http      GET /mints/{id} and GET /health under wrk
#   bash scripts/bench.sh start     from start-backend.sh on a built checkout to "Ready." and to the first mint
#   bash scripts/bench.sh rpc       JSON-RPC calls: idle, for a mint, in a batch, while waiting for finality (about half an hour)
#        --quick, --minutes N, --baskets N
#   bash scripts/bench.sh history   a million finished mints in SQLite and in PostgreSQL: times, sizes, starts (an hour; some 20 GB of disk)
#        --quick, --mints N, --databases sqlite,postgresql
#   with mints, http and start: --repetitions N (default 3, with --quick 1); --publish writes the figures into their page, and the
#   chart to scripts/bench/results.svg
#   bash scripts/bench.sh accept    durable accepts a second, and their latency at 1000 a second, on both databases
. "$(dirname "$0")/lib.sh"
need cargo "install Rust (https://rustup.rs)"
cd "$ROOT"

build() {
  say "building the backend (release; the first time with all its dependencies: five to ten minutes on two cores)"
  cargo build --locked --release --bin cre-backend || die "cargo build failed; its message is above"
}
tools() {
  ensure_bun
  ensure_packages
  ensure_foundry
}
# A thousand callers at once need as many connections of one client.
bench() { BUN_CONFIG_MAX_HTTP_REQUESTS=2048 exec "$BUN" run --no-install "$ROOT/scripts/bench/main.ts" "$@"; }

case ${1:-mints} in
  accept)
    ensure_postgres
    exec cargo bench --locked --quiet --bench accept
    ;;
  mints | pair | http | --*)
    tools
    bash scripts/test-fixture.sh
    [ -n "${BACKEND_BIN:-}" ] || build
    (cd scripts/bench/express && "$BUN" install --frozen-lockfile --silent) || die "bun install failed; its message is above"
    bench "$@"
    ;;
  start | rpc | history)
    tools
    [ "$1" != history ] || ensure_postgres
    bash scripts/test-fixture.sh # compiles the contracts
    [ -n "${BACKEND_BIN:-}" ] || build
    bench "$@"
    ;;
  *) die "unknown benchmark \"$1\": mints, pair, http, start, rpc, history or accept" ;;
esac
