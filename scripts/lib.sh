# Sourced by the scripts: where things are, and the tools that a fresh machine lacks.
# Needs only cargo, Node.js with npm, and the package registries.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORKFLOW=$ROOT/bank-stablecoin-por-ace-ccip-workflow
TOOLS=$ROOT/.local/tools
BUN_VERSION=1.4.5

say() { printf '==> %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

need() { # need COMMAND HOW-TO-GET-IT
  command -v "$1" >/dev/null 2>&1 || die "$1 is missing: $2"
}

use_bun() {
  BUN=$1
  export PATH="${1%/*}:$PATH"
}

# Sets BUN, and puts first on PATH, a Bun of the pinned version, from PATH or installed from npm into .local/tools.
ensure_bun() {
  local found
  for found in "$(command -v bun || true)" "$TOOLS/node_modules/.bin/bun"; do
    if [ -n "$found" ] && [ "$("$found" --version 2>/dev/null)" = "$BUN_VERSION" ]; then
      use_bun "$found"
      return
    fi
  done
  need npm "install Node.js 18 or later (https://nodejs.org)"
  say "installing Bun $BUN_VERSION from npm into .local/tools"
  mkdir -p "$TOOLS"
  npm install --no-save --no-fund --no-audit --loglevel=error --prefix "$TOOLS" "bun@$BUN_VERSION" >&2 ||
    die "npm could not install bun@$BUN_VERSION; its message is above"
  use_bun "$TOOLS/node_modules/.bin/bun"
  [ "$("$BUN" --version 2>/dev/null)" = "$BUN_VERSION" ] || die "the Bun that npm installed does not start: $BUN"
}

# Installs the CRE folder's packages when its lock file is not the one they were installed from.
ensure_packages() {
  local stamp=$WORKFLOW/node_modules/.installed-from
  if ! cmp -s "$WORKFLOW/bun.lock" "$stamp"; then
    say "installing the workflow's packages (bun install --frozen-lockfile)"
    (cd "$WORKFLOW" && "$BUN" install --frozen-lockfile --no-progress >&2) || die "bun install failed; its message is above"
    cp "$WORKFLOW/bun.lock" "$stamp"
  fi
}

# Puts Foundry's anvil, forge and cast on PATH: from the workflow's packages, or the machine's own.
ensure_foundry() {
  local tool
  PATH=$WORKFLOW/node_modules/.bin:$PATH
  export PATH
  for tool in anvil forge cast; do
    need "$tool" "no package for this system on npm; install Foundry with foundryup (https://getfoundry.sh)"
  done
}

# Installs PostgreSQL's server programs for the tests that run on both databases.
ensure_postgres() {
  local found
  for found in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
    [ ! -x "$found" ] || return 0
  done
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    say "installing PostgreSQL for the tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2 ||
      die "apt-get could not install postgresql; its message is above"
  else
    die "PostgreSQL's initdb is missing: install the PostgreSQL server (Debian: apt-get install postgresql)"
  fi
}
