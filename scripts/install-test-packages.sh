#!/usr/bin/env bash
# The Debian packages that the browser, database and third-party server tests use (needs root), and the npm packages
# of tests/thirdparty. Does nothing twice.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium fonts-dejavu fonts-noto-cjk)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v node >/dev/null || wanted+=(nodejs npm)
compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null || wanted+=(faketime)
command -v make >/dev/null || wanted+=(make)
if ((${#wanted[@]})); then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${wanted[@]}" >/dev/null
fi
cd "$(dirname "$0")/../tests/thirdparty"
npm install --silent --no-package-lock --no-audit --no-fund
