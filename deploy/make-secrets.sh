#!/bin/sh
# Makes the password of the database, once, for compose.yaml. What is there already stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
if [ -e secrets/database-password ]; then
  echo 'secrets/ is there already; nothing was changed.'
  exit 0
fi
password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" > secrets/database-password
printf 'postgres://barbell:%s@database:5432/barbell' "$password" > secrets/database-url
# The server in its container is user 1000, and must be able to read its file. The folder keeps others out.
chmod 0444 secrets/database-url secrets/database-password
echo 'Made secrets/database-password and secrets/database-url. Keep them with your backups.'
