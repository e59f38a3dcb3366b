// Reads, and proves what it has read. Node 18 or later, nothing else.
// JARCHI_URL=http://127.0.0.1:8080 JARCHI_TOKEN=jt_... JARCHI_KEY=press.example/log/public+... node client.mjs
import { createHmac, timingSafeEqual } from 'node:crypto'
import { proven } from './verify.mjs'

const { JARCHI_URL, JARCHI_TOKEN, JARCHI_KEY } = process.env
const headers = { Authorization: `Bearer ${JARCHI_TOKEN}` }

// All items of a search, page by page.
export async function* items(query) {
  for (let cursor = ''; cursor !== undefined;) {
    const answer = await fetch(`${JARCHI_URL}/api/v1/items?${query}&cursor=${cursor}`, { headers })
    if (answer.status === 429) {
      await new Promise((go) => setTimeout(go, 1000 * answer.headers.get('retry-after')))
      continue
    }
    if (!answer.ok) throw new Error(await answer.text())
    const page = await answer.json()
    yield* page.items
    cursor = page.next
  }
}

// Whether a webhook is ours (Standard Webhooks): the time is near, and one of the signatures is right.
export function signed(secret, head, body, now = Date.now() / 1000) {
  if (Math.abs(now - Number(head['webhook-timestamp'])) > 300) return false
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const want = createHmac('sha256', key).update(`${head['webhook-id']}.${head['webhook-timestamp']}.`).update(body).digest('base64')
  const same = (a, b) => a.length === b.length && timingSafeEqual(a, b)
  return head['webhook-signature'].split(' ').some((s) => same(Buffer.from(s), Buffer.from(`v1,${want}`)))
}

let count = 0
for await (const item of items('limit=5')) {
  count++
  if (item.pubStatus !== 'usable' || !item.version) continue // nothing to prove of what is gone, under embargo or from outside
  const answer = await fetch(`${JARCHI_URL}/api/v1/items/${encodeURIComponent(item.uri)}/versions/${item.version}/proof`, { headers })
  const file = await answer.text()
  if (!JSON.parse(file).proof.includes(`\n\n${JARCHI_KEY.split('+')[0]}\n`)) continue // it stands in another log, another member's or one that is closed
  const { leaf, text } = proven(file, JARCHI_KEY)
  console.log('proven:', leaf.kind, JSON.parse(text).headlines[0].value)
}
console.log('items:', count)
const stamp = String(Math.floor(Date.now() / 1000))
const mac = createHmac('sha256', 'secret').update(`m1.${stamp}.{"a":1}`).digest('base64')
const head = { 'webhook-id': 'm1', 'webhook-timestamp': stamp, 'webhook-signature': `v1,${mac}` }
console.log('signature:', signed('whsec_c2VjcmV0', head, '{"a":1}'), signed('whsec_c2VjcmV0', head, '{}'))
