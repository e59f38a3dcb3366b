#!/bin/sh
# JARCHI_URL=http://127.0.0.1:8080 JARCHI_TOKEN=jt_... JARCHI_KEY=press.example/log/public+... sh curl.sh
# The key is the member's, from itself or a partner; jarchi is in the path.
set -eu
auth="Authorization: Bearer $JARCHI_TOKEN"
api="$JARCHI_URL/api/v1"
id() { sed -n 's/^{"id":"\([^"]*\)".*"items":\[{"id":"\([^"]*\)".*/\1 \2/p'; }

# Publish; the same Idempotency-Key again does it once.
made=$(curl -sSf -H "$auth" -H 'Content-Type: application/json' -H "Idempotency-Key: $$-$(date +%s)" "$api/releases" \
  -d '{"items":[{"language":"en","headlines":[{"value":"A try from curl"}],"bodies":[{"contentType":"text/plain","value":"It rains."}]}]}' | id)
r=${made% *} i=${made#* } # the release, its item

# Correct, and say why.
curl -sSf -o /dev/null -H "$auth" -H 'Content-Type: application/json' "$api/releases/$r/correct" \
  -d '{"reason":"It snows","items":[{"language":"en","headlines":[{"value":"A try from curl"}],"bodies":[{"contentType":"text/plain","value":"It snows."}]}]}'

# The wire, newest first. 'next' goes on as cursor.
curl -sSf -o /dev/null -H "$auth" "$api/items?limit=5"

# Proof of what was released: a file to keep, checked without asking anybody.
proof=$(mktemp)
curl -sSf -o "$proof" -H "$auth" "$api/items/$i/versions/2/proof"
jarchi verify "$proof" --key "$JARCHI_KEY"
rm "$proof"

# Withdraw: its words are gone at once.
curl -sSf -o /dev/null -H "$auth" -H 'Content-Type: application/json' "$api/releases/$r/withdraw" -d '{"reason":"It was a try"}'
curl -sSf -H "$auth" "$api/releases/$r" | grep -o '"state":"[a-z]*"'
