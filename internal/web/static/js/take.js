// Taking by one key, and being told at once when what was taken is withdrawn. Pages are complete without it.
(() => {
  'use strict';
  const { $, $$, store, on, key } = window.jarchi;

  // Take: the server notes it and gives the words; where the clipboard is closed, its page shows them.
  const copy = async text => {
    try { // the promise keeps the reader's own click or key alive while the words are fetched
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then(s => new Blob([s], { type: 'text/plain' })) })]);
    } catch { await navigator.clipboard.writeText(await text); }
  };
  addEventListener('submit', async e => {
    const form = e.target;
    if (!form.matches('[data-take]')) return;
    e.preventDefault();
    const as = e.submitter ? e.submitter.value : 'text', said = $('.take-said', form), body = new URLSearchParams(new FormData(form));
    const asked = fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } }).then(async r => {
      if (r.redirected || !/json/.test(r.headers.get('Content-Type'))) throw new Error();
      return r.json();
    });
    let done = '';
    const words = asked.then(async h => {
      if (h.error) throw new Error();
      if (as !== 'ninjs') return h.text;
      return JSON.stringify(await (await fetch(h.ninjs, { headers: { Accept: 'application/json' } })).json(), null, 2);
    });
    words.catch(() => {});
    try {
      if (as === 'mail') await asked; else { await copy(words); done = form.dataset.copied + ' '; }
    } catch { done = null; }
    let h;
    try { h = await asked; } catch { location.href = form.action; return; }
    if (h.error) { said.textContent = h.error; return; }
    if (done === null) { location.href = form.action; return; }
    said.textContent = done + h.said;
    if (as === 'mail') location.href = h.mail;
  });
  key('KeyT', () => {
    const form = $('form[data-take]');
    if (!form) return false;
    form.requestSubmit($('button[value=text]', form));
  });

  // What the desk is asked stands at the top of every page; it is called out once on this device. When it
  // comes while somebody reads, the line being read keeps its place.
  const stops = () => $('#stops');
  const told = new Set((store.get('jarchi-told') || '').split(' ').filter(Boolean));
  const call = () => {
    for (const s of $$('.stop-withdrawn', stops())) {
      if (told.has(s.dataset.key)) continue;
      told.add(s.dataset.key);
      store.set('jarchi-told', [...told].slice(-200).join(' '));
      const words = [...s.childNodes];
      s.replaceChildren(); // an alert is spoken when words come into it
      s.setAttribute('role', 'alert');
      s.append(...words);
    }
  };
  const look = async () => {
    let doc;
    try {
      const r = await fetch('/take/stops?back=' + encodeURIComponent(location.pathname + location.search), { headers: { Accept: 'text/html' } });
      if (!r.ok) return;
      doc = new DOMParser().parseFromString(await r.text(), 'text/html');
    } catch { return; }
    const next = $('#stops', doc), now = stops();
    const keys = e => $$('.stop', e).map(s => s.dataset.key).join(' ');
    if (!next || keys(next) === keys(now)) return;
    const boxes = ['#list', '#pane', '#main'].map(s => $(s)).filter(Boolean), tops = boxes.map(b => b.getBoundingClientRect().top);
    now.hidden = next.hidden;
    now.replaceChildren(...next.childNodes);
    call();
    boxes.forEach((b, i) => { if (getComputedStyle(b).overflowY === 'auto') b.scrollTop += b.getBoundingClientRect().top - tops[i]; });
  };
  let waiting = 0;
  const soon = () => { if (!waiting) waiting = setTimeout(() => { waiting = 0; look(); }, 150); };
  if (stops()) {
    for (const kind of ['withdrawn', 'erased', 'corrected', 'updated']) on(kind, soon);
    call();
  }
})();
