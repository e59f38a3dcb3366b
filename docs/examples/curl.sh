#!/bin/sh
# JARCHI_URL=http://127.0.0.1:8080 JARCHI_TOKEN=jt_... sh curl.sh
set -eu
auth="Authorization: Bearer $JARCHI_TOKEN"
api="$JARCHI_URL/api/v1"
id() { sed -n 's/^{"id":"\([^"]*\)".*/\1/p'; }

# Publish; the same Idempotency-Key again does it once.
r=$(curl -sSf -H "$auth" -H 'Content-Type: application/json' -H "Idempotency-Key: $$-$(date +%s)" "$api/releases" \
  -d '{"items":[{"language":"en","headlines":[{"value":"A try from curl"}],"bodies":[{"contentType":"text/plain","value":"It rains."}]}]}' | id)

# Correct, and say why.
curl -sSf -o /dev/null -H "$auth" -H 'Content-Type: application/json' "$api/releases/$r/correct" \
  -d '{"reason":"It snows","items":[{"language":"en","headlines":[{"value":"A try from curl"}],"bodies":[{"contentType":"text/plain","value":"It snows."}]}]}'

# The wire, newest first. 'next' goes on as cursor.
curl -sSf -o /dev/null -H "$auth" "$api/items?limit=5"

# Withdraw: its words are gone at once.
curl -sSf -o /dev/null -H "$auth" -H 'Content-Type: application/json' "$api/releases/$r/withdraw" -d '{"reason":"It was a try"}'
curl -sSf -H "$auth" "$api/releases/$r" | grep -o '"state":"[a-z]*"'
