#!/bin/bash
# Says whether an entry is in a log, by nothing but sha256sum, xxd and jq (RFC 9162, section 2.1.3.2).
# usage: inclusion.sh ENTRY.leaf PROOF.inclusion.json [CHECKPOINT]
set -euo pipefail
sha() { xxd -r -p | sha256sum | cut -d' ' -f1; }
at=$(jq .index "$2"); last=$(($(jq .size "$2") - 1)); root=$(jq -r .root "$2")
[ "$at" -le "$last" ] || { echo "NOT IN THE LOG: the proof is of an entry behind its end"; exit 1; }
hash=$({ printf 00; xxd -p "$1" | tr -d '\n'; } | sha)
for step in $(jq -r '.path[]' "$2"); do
    [ "$last" -gt 0 ] || { echo "NOT IN THE LOG: the path is too long"; exit 1; }
    if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
        hash=$(printf '01%s%s' "$step" "$hash" | sha)
        while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do at=$((at / 2)) last=$((last / 2)); done
    else hash=$(printf '01%s%s' "$hash" "$step" | sha); fi
    at=$((at / 2)) last=$((last / 2))
done
[ "$last" = 0 ] && [ "$hash" = "$root" ] || { echo "NOT IN THE LOG: it leads to $hash, not to $root"; exit 1; }
[ -z "${3-}" ] || [ "$(sed -n 2,3p "$3")" = "$(printf '%s\n%s' "$(jq .size "$2")" "$(printf %s "$root" | xxd -r -p | base64)")" ] \
    || { echo "NOT IN THE LOG: the checkpoint is of another size or root"; exit 1; }
echo "IN THE LOG: entry $(jq .index "$2") of $(jq .size "$2"), root $root"
