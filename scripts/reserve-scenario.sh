#!/usr/bin/env bash
# Switches what the local reserve API plays and says what to expect: scripts/reserve-scenario.sh NAME [RESERVE]
#   NAME     healthy, falling, stale, ripcord, lying-node, down or forged-signature; without it, the present one is shown
#   RESERVE  the reserve in whole units, for example 500000; without it, the figure of mock-por-response.json
# Environment: RESERVE_API_URL (default http://127.0.0.1:3002)
set -euo pipefail
url=${RESERVE_API_URL:-http://127.0.0.1:3002}

if [ $# -eq 0 ]; then
  curl -fsS "$url/scenario" || { echo "no reserve API answers on $url; start scripts/start-backend.sh first" >&2; exit 1; }
  echo
  exit 0
fi

case $1 in
  healthy) expect="mints succeed while the reserve covers them (else POR_INSUFFICIENT_RESERVES)" ;;
  falling) expect="mints are refused with POR_INSUFFICIENT_RESERVES: the reserve no longer covers what is issued" ;;
  stale) expect="mints are refused with POR_STALE: the figure is a day old" ;;
  ripcord) expect="mints are refused with POR_RIPCORD: the source pulled its emergency stop" ;;
  lying-node) expect="mints succeed: now, and every 35 seconds, one node of four hears a thousandfold reserve, and the median leaves it out" ;;
  down) expect="mints are refused with POR_UNAVAILABLE: the source answers 503" ;;
  forged-signature) expect="with a BitGo source, mints are refused with POR_INVALID (SIGNATURE_INVALID); other formats carry no signature" ;;
  *) echo "unknown scenario $1; choose healthy, falling, stale, ripcord, lying-node, down or forged-signature" >&2; exit 2 ;;
esac

if [ $# -ge 2 ]; then
  [[ $2 =~ ^[0-9]{1,30}(\.[0-9]{1,2})?$ ]] || { echo "RESERVE must be a decimal number such as 500000 or 500000.00, not $2" >&2; exit 2; }
  body="{\"name\":\"$1\",\"reserve\":\"$2\"}"
else
  body="{\"name\":\"$1\"}"
fi
curl -fsS -X POST -H 'content-type: application/json' -d "$body" "$url/scenario" >/dev/null ||
  { echo "the reserve API on $url did not take the scenario; is scripts/start-backend.sh running?" >&2; exit 1; }
echo "reserve API now plays: $1${2:+, reserve $2}"
echo "expect: $expect"
