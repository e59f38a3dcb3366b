"""What Universal Feed Parser makes of the feeds that are named; JSON to standard output."""
import json, os, sys, time
import feedparser

def when(t):
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", t) if t else ""

def one(path):
    with open(path, "rb") as f:
        kind = "application/atom+xml" if path.endswith(".atom") else "application/rss+xml"
        d = feedparser.parse(f.read(), response_headers={"content-type": kind + "; charset=utf-8"})
    return {
        "error": repr(d.get("bozo_exception")) if d.bozo else "",
        "title": d.feed.get("title"), "link": d.feed.get("link"), "language": d.feed.get("language", ""),
        "entries": [{
            "id": e.get("id"), "title": e.get("title"), "link": e.get("link"), "language": e.title_detail.language or "",
            "content": "".join(c.value for c in e.get("content", [])) or e.get("summary", ""), "description": e.get("summary", ""),
            "date": when(e.get("published_parsed")), "updated": when(e.get("updated_parsed")),
            "authors": [a.get("name", "") for a in e.get("authors", [])], "categories": [t.label or t.term for t in e.get("tags", [])],
        } for e in d.entries],
    }

json.dump({os.path.basename(p): one(p) for p in sys.argv[1:]}, sys.stdout)
