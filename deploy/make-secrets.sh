#!/bin/sh
# Makes the password of the database, once, for compose.yaml. What is there already stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets
if [ -s database-url ]; then
  echo 'secrets/ is there already; nothing was changed.'
  exit 0
fi
# Interrupted, it goes on with the password that it made.
if [ ! -s database-password ]; then
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > database-password.new
  mv database-password.new database-password
fi
printf 'postgres://barbell:%s@database:5432/barbell' "$(cat database-password)" > database-url.new
# The server in its container is user 1000, and must be able to read its file. The folder keeps others out.
chmod 0444 database-url.new database-password
mv database-url.new database-url
echo 'Made secrets/database-password and secrets/database-url. Keep them with your backups.'
