#!/bin/bash
# Runs a sample as `bash sample.sh` would, and notes from which of its lines curl is called. A command that fails ends
# it, and is named with its line.
set -euo pipefail
sample=$1
notes=$2
curl() {
  echo "${BASH_LINENO[0]}" >> "$notes"
  command curl --silent --show-error "$@"
}
trap 'echo "$sample: line $LINENO: \"$BASH_COMMAND\" ended with $?" >&2' ERR
# shellcheck source=/dev/null
source "$sample"
