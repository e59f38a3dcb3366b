// The list and the pane beside it: what is new, what is selected, what is open.
(() => {
  'use strict';
  const { $, $$, figures, store, page, say, on, key } = window.jarchi;
  const wire = $('#wire'), list = $('#list'), pane = $('#pane'), fresh = $('#fresh'), border = $('#border');
  const wide = matchMedia('(min-width: 37.5rem)');
  const rtl = document.documentElement.dir === 'rtl';
  const rows = () => $$('.row', list);
  const scroller = () => wide.matches ? list : document.scrollingElement;
  const head = r => $('.row-head a', r), pathOf = r => head(r).pathname.slice(1);
  const listURL = more => { const u = new URL(location.href); for (const k of ['open', 'ui', 'fragment']) u.searchParams.delete(k); for (const k in more) u.searchParams.set(k, more[k]); return u; };

  // Unread: a dot until the row was opened on this device.
  const seen = new Set((store.get('jarchi-seen') || '').split(' ').filter(Boolean));
  const dots = () => {
    let n = 0;
    rows().forEach(r => { const un = !seen.has(r.id); n += un; r.classList.toggle('is-unread', un); });
    const u = $('#unread');
    if (u) u.textContent = u.dataset.unread.replace('{n}', figures(n));
  };
  const keep = () => { store.set('jarchi-seen', [...seen].slice(-1500).join(' ')); dots(); };
  const see = r => { seen.delete(r.id); seen.add(r.id); r.classList.remove('row-flash'); keep(); };

  // A flash stands inverted until it was seen, or its two minutes are over. The node says how much of them is left.
  const timed = new WeakSet();
  const flashes = () => $$('.row-flash', list).forEach(r => {
    if (seen.has(r.id)) r.classList.remove('row-flash');
    else if (!timed.has(r)) { timed.add(r); setTimeout(() => r.classList.remove('row-flash'), r.dataset.left * 1000); }
  });

  // What changes above the line being read may not move it: the row at the eye keeps its place.
  let selected = null;
  const chosen = () => selected && document.getElementById(selected);
  const holding = change => {
    const box = scroller(), top = wide.matches ? list.getBoundingClientRect().top : 48;
    const reading = box.scrollTop > 1 || selected;
    const eye = chosen() || rows().find(r => r.getBoundingClientRect().bottom > top + 30);
    const before = eye && eye.getBoundingClientRect().top;
    change();
    const after = reading && eye && document.getElementById(eye.id);
    if (!after) return;
    const off = () => after.getBoundingClientRect().top - before;
    box.scrollTop += off();
    // Scrolling goes by whole pixels, the sum of the rows does not.
    const rest = off();
    if (rest && Math.abs(rest) < 1) { slack = (slack - rest) % 1; $('#rows').style.marginBlockStart = slack + 'px'; box.scrollTop += Math.round(off()); }
  };
  let slack = 0;

  // Selection.
  const select = (row, focus) => {
    rows().forEach(r => r.classList.toggle('is-selected', r === row));
    selected = row ? row.id : null;
    if (row && focus) { head(row).focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  };
  const move = by => {
    const all = rows(), i = all.findIndex(r => r.id === selected);
    if (all.length) select(all[i < 0 ? 0 : Math.min(all.length - 1, Math.max(0, i + by))], true);
  };

  // The pane: made by the node, put beside the list. What stands there stays until the next is there.
  let wanted = 0;
  const show = async (path, push) => {
    const turn = ++wanted, slow = setTimeout(() => pane.classList.add('is-loading'), 300);
    let doc, p;
    try { doc = await page(listURL({ open: path, fragment: 'pane' })); p = $('#pane', doc); } catch { /* told below */ }
    clearTimeout(slow);
    if (turn !== wanted) return;
    pane.classList.remove('is-loading');
    $$('.failed', pane).forEach(e => e.remove());
    if (!p) {
      const f = document.createElement('p'), b = document.createElement('button');
      f.className = 'problem failed'; f.setAttribute('role', 'alert'); f.textContent = pane.dataset.failed + ' ';
      b.type = 'button'; b.className = 'button'; b.textContent = pane.dataset.again;
      b.addEventListener('click', () => show(path, push));
      f.append(b);
      pane.prepend(f);
      holding(() => wire.classList.add('has-open'));
      return;
    }
    if (push) history.pushState({ open: path }, '', listURL({ open: path }));
    holding(() => { pane.replaceChildren(...p.childNodes); wire.classList.add('has-open'); });
    pane.scrollTop = 0;
    document.title = doc.title;
    tools();
    const row = rows().find(r => pathOf(r) === path) || chosen();
    rows().forEach(r => r.classList.toggle('row-open', r === row));
    if (row) { select(row); see(row); row.scrollIntoView({ block: 'nearest' }); }
    pane.focus({ preventScroll: true });
  };
  const close = push => {
    wanted++;
    if (!wire.classList.contains('has-open')) { if (!selected) return false; select(null); return; }
    holding(() => { wire.classList.remove('has-open'); pane.replaceChildren(); rows().forEach(r => r.classList.remove('row-open')); });
    if (push) history.pushState({}, '', listURL());
    const row = chosen();
    if (row) { head(row).focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  };
  const open = (row, push = true) => { if (!wide.matches) { head(row).click(); return; } selected = row.id; show(pathOf(row), push); };
  addEventListener('popstate', () => { const p = new URL(location.href).searchParams.get('open'); if (p) show(p); else close(); });
  addEventListener('click', e => {
    if (e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const thin = e.target.closest('a[data-row]'), row = thin && document.getElementById(thin.dataset.row);
    if (row) { e.preventDefault(); select(row, true); return; }
    const copy = e.target.closest('[data-copy]');
    if (copy) { link(copy.dataset.copy); return; }
    const a = e.target.closest('a');
    if (!a || !wide.matches) return;
    if (a.matches('[data-close]')) { e.preventDefault(); close(true); return; }
    if (a.matches('.row-head a, .event a, #pane .tab, #pane .statebar a') && /^\/(releases|items|captures)\/[^/]+$/.test(a.pathname) && !a.hash) {
      e.preventDefault();
      const r = a.closest('.row');
      if (r) selected = r.id;
      show(a.pathname.slice(1), true);
    }
  });

  // The pane's tools.
  const tools = () => $$('[data-copy]', pane).forEach(b => { b.hidden = !navigator.clipboard; });
  const link = async path => { try { await navigator.clipboard.writeText(new URL(path, location.href).href); tell(pane.dataset.copied); } catch { /* not allowed: nothing was copied */ } };
  const tell = text => {
    say(text);
    const t = document.createElement('p');
    t.className = 'told'; t.textContent = text;
    document.body.append(t);
    setTimeout(() => t.remove(), 2500);
  };
  addEventListener('submit', async e => { // saved without leaving the page
    const f = e.target;
    if (!f.matches('[data-save]')) return;
    e.preventDefault();
    const body = new URLSearchParams(new FormData(f)), open = new URL(location.href).searchParams.get('open');
    try {
      const r = await fetch(f.action, { method: 'POST', body, redirect: 'manual', headers: { Accept: 'application/json' } });
      if (r.type !== 'opaqueredirect') throw new Error(r.status);
      const doc = await page(listURL({ open: open || body.get('item'), fragment: 'pane' })), now = $('[data-save]', doc);
      if (now) { f.replaceWith(now); $('button', now).focus(); tell($('button', f).textContent); }
    } catch { f.submit(); }
  });

  // What is new. All who read the wire hear of a release at the same moment: each asks a moment later, not
  // all at once, and not again within two seconds; a page that nobody looks at waits until somebody does.
  let newest = null, missed = false, waiting = 0, asked = -Infinity;
  const rowsOf = async () => { // pages from the top down to a row that is here already
    const known = new Set(rows().map(r => r.id)), first = await page(listURL({ fragment: 'rows' }));
    let last = first;
    for (let n = 0; n < 10 && known.size && !$$('.row', last).some(r => known.has(r.id)); n++) {
      const next = $('a[rel=next]', last);
      if (!next) break;
      const u = new URL(next.getAttribute('href'), location.href);
      u.searchParams.set('fragment', 'rows');
      last = await page(u);
      $('.more', first)?.remove();
      merge(first.body, last.body);
    }
    return first;
  };
  // merge puts the rows of one list under those of another, days together, none twice.
  const merge = (into, from) => {
    const have = new Set($$('.row', into).map(r => r.id));
    for (const ol of $$('ol.rows', from)) {
      const more = $$('.row', ol).filter(r => !have.has(r.id)), day = ol.previousElementSibling;
      if (!more.length) continue;
      const days = $$('h2.day time', into), heading = day?.matches('h2.day') ? day : null;
      const same = heading ? days.length && days.at(-1).dateTime === $('time', heading).dateTime : true;
      let end = $$('ol.rows', into).at(-1);
      if (!same || !end) {
        end = document.createElement('ol');
        end.className = 'rows';
        const tail = $('.more', into);
        const put = e => tail ? tail.before(e) : into.append(e);
        if (heading) put(heading.cloneNode(true));
        put(end);
      }
      end.append(...more);
    }
    const more = $('.more', from);
    if (more && !$('.more', into)) into.append(more);
  };
  // A search that has looked back for its share of time answers with what it has; the rest is asked for here,
  // until there is a page of rows. What fails leaves the button that asks for more.
  const further = async () => {
    for (let n = 0; n < 200 && rows().length < 30; n++) {
      const tail = $('#rows > .more[data-back]');
      if (!tail) break;
      const u = new URL($('a', tail).getAttribute('href'), location.href);
      u.searchParams.set('fragment', 'rows');
      let doc;
      try { doc = await page(u); } catch { return; }
      if (!tail.isConnected) return; // the list is another one by now
      tail.remove();
      merge($('#rows'), doc.body);
      dots();
      $('#empty')?.toggleAttribute('hidden', !!rows().length || !!$('#rows > .more'));
    }
  };
  const put = () => {
    if (!newest) return false;
    const box = $('#rows'), old = box.cloneNode(false), next = newest;
    newest = null;
    const above = new Set($$('.row', next).map(r => r.id)), oldest = $$('.row time', next).at(-1)?.dateTime || '';
    old.append(...box.childNodes);
    $$('.row', old).forEach(r => { if (above.has(r.id) || $('time', r).dateTime > oldest) r.remove(); }); // gone from the list, or shown above
    if ($('.row', old)) { $('.more', next)?.remove(); merge(next, old); }
    box.replaceChildren(...next.childNodes);
    $('#empty')?.remove();
    fresh.hidden = true;
    scroller().scrollTop = 0;
    select(chosen());
    const shown = new URL(location.href).searchParams.get('open');
    if (shown) rows().forEach(r => r.classList.toggle('row-open', pathOf(r) === shown));
    dots();
    flashes();
    further();
  };
  const look = async () => {
    asked = performance.now();
    let doc;
    try { doc = await rowsOf(); } catch { return; } // the next event, or the connection's return, asks again
    const have = new Map(rows().map(r => [r.id, r]));
    holding(() => { // what was corrected or withdrawn changes where it stands, and a thin line leads to it
      for (const r of $$('.row', doc)) {
        const was = have.get(r.id);
        if (!was || $('.row-body', was).innerHTML === $('.row-body', r).innerHTML && was.classList.contains('row-withdrawn') === r.classList.contains('row-withdrawn')) continue;
        const copy = document.importNode(r, true);
        for (const c of ['is-selected', 'row-open']) copy.classList.toggle(c, was.classList.contains(c));
        const focused = was.contains(document.activeElement);
        was.replaceWith(copy);
        if (focused) head(copy).focus({ preventScroll: true });
      }
      const thin = $('.events', doc), is = $('.events', list);
      if (thin && is?.innerHTML !== thin.innerHTML) { is?.remove(); $('#rows').prepend(document.importNode(thin, true)); } else if (!thin) is?.remove();
    });
    dots();
    flashes();
    const added = $$('.row', doc).filter(r => !have.has(r.id)), b = $('button', fresh);
    if (!added.length) { missed = false; return; }
    newest = document.importNode(doc.body, true);
    const flash = added.filter(r => $('.tag-flash', r)).length;
    b.textContent = (missed ? $('#rows').dataset.missed : b.dataset.new).replace('{n}', figures(added.length)) + (flash ? ' · ' + b.dataset.flash.replace('{f}', figures(flash)) : '');
    say(b.textContent);
    if (scroller().scrollTop < 2 && !selected && !wire.classList.contains('has-open')) { if (missed) tell(b.textContent); put(); } else fresh.hidden = false;
    missed = false;
  };
  // The node may answer with a list that was made up to 400 ms ago: what happened less than 500 ms before asking is asked for again.
  let heard = -Infinity;
  const soon = () => {
    heard = performance.now();
    if (!('live' in wire.dataset) || waiting) return;
    waiting = setTimeout(async () => {
      waiting = 0;
      if (document.hidden) { hidden = true; return; }
      const late = performance.now() - heard < 500;
      await look();
      if (late) soon();
    }, Math.max(500, asked + 2000 - heard) + Math.random() * 800);
  };
  let hidden = false;
  document.addEventListener('visibilitychange', () => { if (!document.hidden && hidden) { hidden = false; soon(); } });
  for (const kind of ['embargoed', 'released', 'updated', 'corrected', 'withdrawn', 'erased', 'captured']) on(kind, soon);
  on('back', () => { missed = true; soon(); });
  on('open', soon); // between the page and the start of its stream something may have happened
  $('button', fresh).addEventListener('click', put);

  // What happens to the text that is open: an embargo that opens and a withdrawal change it at once, an
  // update or correction only says so, since the line being read does not move.
  const mine = e => { const i = $('#item', pane); try { return i && JSON.parse(e.data).id === i.dataset.release; } catch { return false; } };
  for (const kind of ['released', 'withdrawn', 'erased']) on(kind, async e => {
    if (!mine(e)) return;
    const open = $('#item', pane).dataset.path;
    let fresh;
    try { fresh = $('#item', await page(listURL({ open, fragment: 'pane' }))); } catch { return; }
    const was = $('#item', pane);
    if (!fresh || was?.dataset.path !== open) return;
    was.replaceWith(fresh);
    const bar = $('.statebar', fresh);
    if (kind !== 'released' && bar) { bar.setAttribute('role', 'alert'); bar.append(''); }
  });
  for (const kind of ['updated', 'corrected']) on(kind, e => { const line = $('.changed-since', pane); if (line && mine(e)) line.hidden = false; });

  // Filters: how many rows the form would show.
  const form = $('#filters form');
  if (form) {
    const b = $('.primary', form);
    let counting = 0;
    const count = async () => {
      const turn = ++counting, u = new URL('/', location.href);
      u.search = new URLSearchParams([...new FormData(form)].filter(([, v]) => v));
      u.searchParams.set('fragment', 'count');
      try { const r = await fetch(u), n = await r.text(); if (r.ok && turn === counting) b.textContent = b.dataset.count.replace('{n}', n); } catch { /* the button keeps its word */ }
    };
    form.addEventListener('change', count);
    $('#filters').addEventListener('toggle', e => { if (e.target.open) count(); });
    form.addEventListener('submit', () => $$('input, select', form).forEach(f => { f.disabled = !f.value; })); // empty filters are not part of the address
  }

  // The borders between list, pane and context: dragged, or moved by the arrow keys, and remembered on this device for screens like this one.
  const screen = () => innerWidth >= 1600 ? 'wide' : innerWidth >= 1024 ? 'desk' : 'tablet';
  const context = () => { const e = innerWidth >= 1600 && $('.context', wire); return e ? e.offsetWidth : 0; };
  const columns = [
    { border, name: 'list', least: 240, most: () => wire.clientWidth - 320 - context(), size: () => list.offsetWidth, end: false },
    { border: $('#border-context'), name: 'context', least: 240, most: () => Math.min(640, wire.clientWidth - 320 - list.offsetWidth), size: context, end: true },
  ].filter(c => c.border);
  const widen = (c, px, remember) => {
    const w = Math.round(Math.max(c.least, Math.min(c.most(), px)));
    holding(() => wire.style.setProperty('--' + c.name, w + 'px'));
    c.border.setAttribute('aria-valuenow', Math.round(100 * (c.end ? wire.clientWidth - w : w) / wire.clientWidth));
    if (remember) store.set('jarchi-' + c.name + '-' + screen(), w);
  };
  const remembered = c => { const w = +store.get('jarchi-' + c.name + '-' + screen()); if (w && wide.matches) widen(c, w); else wire.style.removeProperty('--' + c.name); };
  for (const c of columns) {
    const e = c.border;
    e.addEventListener('keydown', k => {
      const by = { ArrowLeft: rtl ? 16 : -16, ArrowRight: rtl ? -16 : 16, Home: -1e6, End: 1e6 }[k.key];
      if (by) { k.preventDefault(); widen(c, c.size() + (c.end ? -by : by), true); }
    });
    e.addEventListener('pointerdown', p => { p.preventDefault(); e.setPointerCapture(p.pointerId); e.focus(); });
    e.addEventListener('pointermove', p => {
      if (!e.hasPointerCapture(p.pointerId)) return;
      const box = wire.getBoundingClientRect();
      widen(c, c.end === rtl ? p.clientX - box.left : box.right - p.clientX, true);
    });
    e.addEventListener('dblclick', () => { store.set('jarchi-' + c.name + '-' + screen(), ''); remembered(c); });
    addEventListener('resize', () => remembered(c));
    remembered(c);
  }

  // Keys.
  const inPane = e => pane.contains(e.target);
  const arrow = by => e => { if (inPane(e) || e.target.closest('summary, [role=separator]')) return false; move(by); };
  key('KeyJ', () => move(1)); key('KeyK', () => move(-1));
  key('ArrowDown', arrow(1)); key('ArrowUp', arrow(-1));
  key('KeyO', () => {
    const r = chosen();
    if (!r) return false;
    if (!r.classList.contains('row-open')) { open(r); return; }
    const t = $('.tabs[data-original]', pane), a = t && $$('a', pane).find(x => x.getAttribute('href') === t.dataset.original); // opened already: the original language
    if (a) a.click();
  });
  key('Escape', () => close(true));
  key('KeyU', () => close(true));
  key('Period', put);
  key('KeyF', () => { const d = $('#filters'); if (!d) return false; d.open = !d.open; (d.open ? $('select', d) : $('summary', d)).focus(); });
  key('KeyM', () => { const r = chosen(); if (!r) return false; seen.delete(r.id); keep(); });
  const path = () => $('#item')?.dataset.path || chosen() && pathOf(chosen());
  key('KeyY', () => { const p = path(); if (!p) return false; link('/' + p); });
  key('KeyS', async () => {
    const f = $('[data-save]', pane), p = path();
    if (f) { f.requestSubmit(); return; }
    if (!p || !$('.kept')) return;
    let r;
    try { r = await fetch('/saved', { method: 'POST', body: new URLSearchParams({ item: p }), redirect: 'manual', headers: { Accept: 'application/json' } }); } catch { return; } // offline: nothing was saved
    if (r.type === 'opaqueredirect') tell($('.kept a').textContent);
    else if (r.status === 401) { // her session ended: the form goes on after signing in
      const form = document.createElement('form');
      form.method = 'post'; form.action = '/saved'; form.hidden = true;
      for (const [name, value] of Object.entries({ item: p, writer: $('.kept').dataset.writer, back: location.pathname + location.search })) { const i = document.createElement('input'); i.name = name; i.value = value; form.append(i); }
      document.body.append(form);
      form.submit();
    }
  });
  const leaf = by => e => {
    if (!wire.classList.contains('has-open') || e.target.closest('button, summary, a, [role=separator]') && !e.target.closest('.row')) return false;
    const end = by > 0 ? pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 2 : pane.scrollTop < 2;
    if (!end) { pane.scrollTop += by * (pane.clientHeight - 48); return; }
    const all = rows(), r = all[all.findIndex(x => x.id === selected) + by];
    if (r) open(r);
  };
  key('Space', leaf(1)); key('Shift+Space', leaf(-1));

  const opened = $('.row-open', list);
  if (opened) { select(opened); see(opened); opened.scrollIntoView({ block: 'nearest' }); }
  tools();
  dots();
  flashes();
  further();

  // On a phone an item is a page of its own: coming back finds the same row at the same place.
  const eyeKey = 'jarchi-eye ' + location.pathname + location.search;
  addEventListener('pagehide', () => { const r = rows().find(x => x.getBoundingClientRect().bottom > 60); if (r && !wide.matches) try { sessionStorage.setItem(eyeKey, r.id + ' ' + r.getBoundingClientRect().top); } catch { /* no storage */ } });
  if (!wide.matches && performance.getEntriesByType('navigation')[0]?.type === 'back_forward') {
    const [id, top] = (sessionStorage.getItem(eyeKey) || '').split(' '), r = id && document.getElementById(id);
    if (r) { history.scrollRestoration = 'manual'; scrollTo(0, scrollY + r.getBoundingClientRect().top - top); }
  }
})();
