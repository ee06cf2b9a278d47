#!/usr/bin/env bash
# Fetches the source dictionaries (Debian packages) into FOLDER and checks that they are the ones the tables were made from.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "${1:?usage: fetch.sh FOLDER}"
cd "$1"
sed -n 's/.*freedict-\(...-...\)\.index$/dict-freedict-\1/p' "$here/sources.sha256" | xargs apt-get download -q
apt-get download -q hunspell-fr-comprehensive
for package in *.deb; do dpkg -x "$package" .; done
sha256sum --check --quiet "$here/sources.sha256"
echo "all sources are the ones the tables were made from"
