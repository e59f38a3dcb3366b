#!/usr/bin/env python3
"""Reads, follows, publishes, corrects, proves and withdraws. Python 3.9 or later, and for the proof verify.py and openssl beside it.

JARCHI_URL=http://127.0.0.1:8080 JARCHI_TOKEN=jt_... JARCHI_KEY=press.example/log/public+... python3 client.py
"""
import base64, hashlib, hmac, json, os, sys, time, urllib.error, urllib.request

from verify import proven

URL, TOKEN = os.environ["JARCHI_URL"], os.environ["JARCHI_TOKEN"]


def call(method, path, body=None, **headers):
    """One call; waits and tries again where the node says that it is too early."""
    data = None if body is None else json.dumps(body).encode()
    for _ in range(5):
        r = urllib.request.Request(URL + "/api/v1" + path, data, {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json", **headers}, method=method)
        try:
            with urllib.request.urlopen(r, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            if e.code != 429:
                sys.exit(f"{method} {path}: {e.code} {e.read().decode()}")
            time.sleep(int(e.headers["Retry-After"]))
    sys.exit("the node is busy")


def items(query):
    """All items of a search, page by page."""
    cursor = ""
    while cursor is not None:
        page = call("GET", f"/items?{query}&cursor={cursor}")
        yield from page["items"]
        cursor = page.get("next")


def follow(last=None):
    """Events for ever. Cut off, it goes on after the last event that came whole: none missed, none twice."""
    while True:
        headers = {"Authorization": "Bearer " + TOKEN}
        if last:
            headers["Last-Event-ID"] = last
        try:
            with urllib.request.urlopen(urllib.request.Request(URL + "/api/v1/stream", headers=headers), timeout=40) as stream:
                event = {}
                for line in stream:
                    line = line.decode().rstrip("\n")
                    name, _, value = line.partition(": ")
                    if line and name:
                        event[name] = value
                    elif not line:
                        last = event.get("id", last)  # kept beside what was done with the event
                        if "data" in event:
                            yield last, event["event"], json.loads(event["data"])
                        elif "id" in event:
                            yield last, "begin", None
                        event = {}
        except urllib.error.HTTPError as e:
            sys.exit(f"stream: {e.code} {e.read().decode()}")
        except OSError:
            pass
        time.sleep(1)


def signed(secret, headers, body, now=None):
    """Whether a webhook is ours (Standard Webhooks): the time is near, and one of the signatures is right."""
    if abs((now or time.time()) - int(headers["webhook-timestamp"])) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    want = base64.b64encode(hmac.new(key, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest("v1," + want, s) for s in headers["webhook-signature"].split())


if __name__ == "__main__":
    events = follow()
    next(events)  # a place to begin
    text = lambda words: [{"language": "en", "headlines": [{"value": "A try from Python"}], "bodies": [{"contentType": "text/plain", "value": words}]}]
    made = call("POST", "/releases", {"items": text("It rains.")}, **{"Idempotency-Key": str(time.time_ns())})
    call("POST", f"/releases/{made['id']}/correct", {"reason": "It snows", "items": text("It snows.")})
    print("items:", sum(1 for _ in items("limit=5")))
    proof = call("GET", f"/items/{made['items'][0]['id']}/versions/2/proof")  # a file to keep
    leaf, released = proven(json.dumps(proof), os.environ["JARCHI_KEY"])
    print("proven:", leaf["kind"], json.loads(released)["bodies"][0]["value"])
    call("POST", f"/releases/{made['id']}/withdraw", {"reason": "It was a try"})
    for _, kind, release in events:
        if release and release["id"] == made["id"]:
            print(kind, release["state"])
            if kind == "withdrawn":
                break
    body, stamp = b'{"a":1}', str(int(time.time()))
    key = base64.b64encode(b"secret").decode()
    mac = base64.b64encode(hmac.new(b"secret", b"m1." + stamp.encode() + b"." + body, hashlib.sha256).digest()).decode()
    head = {"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": "v1,bm8= v1," + mac}
    print("signature:", signed("whsec_" + key, head, body), signed("whsec_" + key, head, b"{}"))
