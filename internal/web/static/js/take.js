// Taking by one key, and being told at once when what was taken is withdrawn. Pages are complete without it.
(() => {
  'use strict';
  const { $, $$, store, page, say, on, key, ring } = window.jarchi;

  // Take: the server notes it and gives the words; where the clipboard is closed, its page shows them.
  const copy = async text => {
    try { // the promise keeps the reader's own click or key alive while the words are fetched
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then(s => new Blob([s], { type: 'text/plain' })) })]);
    } catch { await navigator.clipboard.writeText(await text); }
  };
  // take sends a form, or one that is being fetched, says what became of it, and goes to open() where it cannot.
  const take = async (form, as, say, open) => {
    const asked = Promise.resolve(form).then(async f => {
      const r = await fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)), headers: { Accept: 'application/json' } });
      if (r.redirected || r.status === 401 || !/json/.test(r.headers.get('Content-Type'))) throw new Error();
      return [await r.json(), f.dataset.copied];
    });
    const words = asked.then(async ([h]) => {
      if (h.error) throw new Error();
      if (as !== 'ninjs') return h.text;
      return JSON.stringify(await (await fetch(h.ninjs, { headers: { Accept: 'application/json' } })).json(), null, 2);
    });
    words.catch(() => {});
    let copied = false;
    try { if (as === 'mail') await asked; else { await copy(words); copied = true; } } catch { copied = null; }
    let h, word;
    try { [h, word] = await asked; } catch { open(); return; }
    if (h.error) { say(h.error); if (h.choose) open(); return; }
    if (copied === null) { open(); return; }
    say((copied ? word + ' ' : '') + h.said);
    if (as === 'mail') location.href = h.mail;
  };
  addEventListener('submit', e => {
    const form = e.target;
    if (!form.matches('[data-take]')) return;
    e.preventDefault();
    take(form, e.submitter ? e.submitter.value : 'text', s => { $('.take-said', form).textContent = s; }, () => { location.href = form.action; });
  });
  // In the list the row that is selected is taken as it would be if it were opened: its form is fetched.
  const taken = row => {
    const a = $('.row-head a', row), u = new URL('/', location.href);
    u.searchParams.set('open', a.pathname.slice(1));
    u.searchParams.set('fragment', 'pane');
    take(page(u).then(d => $('form[data-take]', d) || Promise.reject(new Error())), 'text', text => {
      say(text);
      const t = document.createElement('p');
      t.className = 'told'; t.textContent = text;
      document.body.append(t);
      setTimeout(() => t.remove(), 4000);
    }, () => a.click()); // the page says why it cannot be taken
  };
  key('KeyT', () => {
    const form = $('form[data-take]'), row = $('.row.is-selected');
    if (form) { form.requestSubmit($('button[value=text]', form)); return; }
    if ($('#item') || !row) return false;
    taken(row);
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
      ring();
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
    for (const kind of ['withdrawn', 'erased', 'corrected', 'updated', 'back']) on(kind, soon);
    call();
  }
})();
