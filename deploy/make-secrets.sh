#!/usr/bin/env bash
# Makes what compose.yaml needs and no two installations may share: a password
# per database role, and deploy/paceline.env to fill in. Keeps what is there.
set -euo pipefail
cd "$(dirname "$0")"

# Only you can enter the folder. The files in it are readable, because a
# container reads them as its own user.
mkdir -p secrets
chmod 0700 secrets

for name in postgres migrator app auth worker; do
  file=secrets/${name}_password
  if [[ ! -s $file ]]; then
    head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$file"
    chmod 0444 "$file"
    echo "made deploy/$file"
  fi
done
if [[ ! -e secrets/smtp_password ]]; then
  : >secrets/smtp_password
  chmod 0644 secrets/smtp_password
  echo "made deploy/secrets/smtp_password: write the mail account's password into it"
fi
if [[ ! -e paceline.env ]]; then
  cp paceline.env.example paceline.env
  echo "made deploy/paceline.env: fill it in"
fi
