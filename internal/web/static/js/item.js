// The page of one text: the time left of an embargo, what changed, and what happens to the text while it is read.
(() => {
  'use strict';
  const { $, $$, figures, on } = window.jarchi;

  // A line for screen readers alone: it speaks at ten minutes, at one and at none.
  const voice = document.createElement('p');
  voice.className = 'hidden';
  voice.setAttribute('role', 'status');
  document.body.append(voice);
  const said = new Set();
  const tick = () => {
    for (const e of $$('.countdown')) {
      const left = Math.ceil((Date.parse(e.dataset.until) - Date.now()) / 1000), minutes = Math.ceil(left / 60);
      if (!(left <= 86400)) { e.textContent = ''; continue; }
      const text = left <= 0 ? e.dataset.now : left < 60 ? e.dataset.seconds.replace('{n}', figures(left)) : e.dataset.minutes.replace('{n}', figures(minutes));
      if (e.textContent !== text) e.textContent = text;
      e.setAttribute('aria-hidden', 'true');
      const mark = left <= 0 ? 0 : left === 60 ? 1 : left === 600 ? 10 : -1;
      if (mark >= 0 && !said.has(e.dataset.until + mark)) { said.add(e.dataset.until + mark); voice.textContent = text; }
    }
  };
  if ($('.countdown') || $('#pane')) { tick(); setInterval(tick, 1000); }

  // What changed lies in a closed part: going there opens it.
  const reveal = () => {
    const e = location.hash.length > 1 && document.getElementById(location.hash.slice(1)), d = e && e.closest('details');
    if (d && !d.open) { d.open = true; e.scrollIntoView({ block: 'nearest' }); }
  };
  addEventListener('hashchange', reveal);
  reveal();

  // While it is read: an embargo that opens and a withdrawal change the page; an update or correction
  // only says so, since the line being read does not move.
  if ($('#wire')) return;
  const now = async assertive => {
    const item = $('#item');
    let doc;
    try { doc = new DOMParser().parseFromString(await (await fetch(location.href, { headers: { Accept: 'text/html' } })).text(), 'text/html'); } catch { return; }
    const fresh = $('#item', doc);
    if (!fresh) { location.reload(); return; }
    item.replaceWith(fresh);
    document.title = doc.title;
    const bar = $('.statebar', fresh);
    if (assertive && bar) { voice.setAttribute('aria-live', 'assertive'); voice.textContent = bar.textContent; }
    tick();
  };
  const mine = e => { try { return JSON.parse(e.data).id === $('#item').dataset.release; } catch { return false; } };
  for (const kind of ['released', 'withdrawn', 'erased']) on(kind, e => { if ($('#item') && mine(e)) now(kind !== 'released'); });
  for (const kind of ['updated', 'corrected']) on(kind, e => { const line = $('.changed-since'); if (line && mine(e)) line.hidden = false; });
})();
