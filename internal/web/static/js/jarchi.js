// Live news and keys for pages that are complete without them. No library, no inline code.
(() => {
  'use strict';
  const $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const root = document.documentElement, ui = root.lang;
  const cookie = (k, v) => { document.cookie = `${k}=${v}; path=/; max-age=31536000; samesite=lax`; };
  const locale = ui === 'ur' ? 'ur-u-nu-latn' : ui === 'fa' ? 'fa-u-nu-arabext' : ui;
  const figures = n => new Intl.NumberFormat(locale).format(n);
  const clock = d => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(d);
  const store = { get: k => { try { return localStorage.getItem(k); } catch { return null; } }, set: (k, v) => { try { localStorage.setItem(k, v); } catch { /* no storage: nothing is kept */ } } };

  // What the scripts of single places share. on(kind, fn): a live event; keys: by place on the keyboard.
  const heard = {}, bound = {};
  window.jarchi = Object.freeze({
    $, $$, cookie, figures, clock, store,
    on: (kind, fn) => (heard[kind] ||= []).push(fn),
    key: (code, fn) => { bound[code] = fn; }, // 'KeyT' or 'Shift+KeyW'; not called in fields
  });

  // The reader's zone, for the times of the next page.
  if (!/(?:^|; )jarchi-zone=/.test(document.cookie)) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (/^[A-Za-z0-9_+/-]{1,60}$/.test(zone)) cookie('jarchi-zone', zone);
    if (new Date().getTimezoneOffset() && $('#wire, #item') && document.cookie.includes('jarchi-zone=')) location.reload(); // once: the first page was in UTC
  }

  // A sign-in link carries its secret behind '#', which no server sees; a person presses the button.
  const token = $('#token');
  if (token && location.hash.length > 8) {
    token.value = decodeURIComponent(location.hash.slice(1)).replace(/^token=/, '');
    history.replaceState(null, '', location.pathname + location.search);
    $('button', token.form).focus();
  }

  const wire = $('#wire'), list = $('#list'), pane = $('#pane'), fresh = $('#fresh');
  const wide = matchMedia('(min-width: 37.5rem)');
  const rows = () => wire ? $$('.row', wire) : [];
  const scroller = () => wide.matches ? list : document.scrollingElement;

  // Unread: a dot until the row was opened on this device.
  const seen = new Set((store.get('jarchi-seen') || '').split(' ').filter(Boolean));
  const dots = () => rows().forEach(r => r.classList.toggle('is-unread', !seen.has(r.id)));
  const see = id => { seen.add(id); store.set('jarchi-seen', [...seen].slice(-1500).join(' ')); dots(); };

  // What changes above the line being read may not move it: the row at the eye keeps its place.
  const holding = change => {
    const box = scroller(), top = wide.matches ? list.getBoundingClientRect().top : 0;
    const eye = $('.row.is-selected', wire) || rows().find(r => r.getBoundingClientRect().bottom > top + 30);
    const before = eye && eye.getBoundingClientRect().top;
    change();
    const after = eye && document.getElementById(eye.id);
    if (after && box.scrollTop > 0) box.scrollTop += after.getBoundingClientRect().top - before;
  };

  // Selection.
  let selected = null;
  const select = (row, focus) => {
    rows().forEach(r => r.classList.toggle('is-selected', r === row));
    selected = row ? row.id : null;
    if (row && focus) { $('.row-head a', row).focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  };
  const move = by => {
    const all = rows();
    if (!all.length) return;
    const i = all.findIndex(r => r.id === selected);
    select(all[i < 0 ? 0 : Math.min(all.length - 1, Math.max(0, i + by))], true);
  };

  // The pane: the server's own, fetched and put beside the list.
  const page = async url => {
    const r = await fetch(url, { headers: { Accept: 'text/html' } });
    return new DOMParser().parseFromString(await r.text(), 'text/html');
  };
  const listURL = () => { const u = new URL(location.href); u.searchParams.delete('open'); return u; };
  const show = async (path, push) => {
    let doc;
    const u = listURL();
    u.searchParams.set('open', path);
    try { doc = await page(u); } catch { location.href = '/' + path; return; }
    const p = $('#pane', doc);
    if (!p) { location.href = '/' + path; return; }
    if (push) history.pushState({ open: path }, '', u);
    holding(() => { pane.replaceChildren(...p.childNodes); wire.classList.add('has-open'); });
    pane.scrollTop = 0;
    document.title = doc.title;
    const row = rows().find(r => $('.row-head a', r).pathname === '/' + path) || (selected && document.getElementById(selected));
    rows().forEach(r => r.classList.toggle('row-open', r === row));
    if (row) { select(row); see(row.id); row.scrollIntoView({ block: 'nearest' }); }
    pane.focus({ preventScroll: true });
  };
  const close = push => {
    if (!wire) { const back = $('[data-close]'); if (back) location.href = back.href; return; }
    if (!wire.classList.contains('has-open')) { select(null); return; }
    holding(() => { wire.classList.remove('has-open'); pane.replaceChildren(); rows().forEach(r => r.classList.remove('row-open')); });
    if (push) history.pushState({}, '', listURL());
    const row = selected && document.getElementById(selected);
    if (row) { $('.row-head a', row).focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  };
  addEventListener('popstate', () => {
    if (!wire) return;
    const open = new URL(location.href).searchParams.get('open');
    if (open) show(open); else close();
  });
  addEventListener('click', e => {
    if (e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || !wire || !wide.matches) return;
    const a = e.target.closest('a');
    if (!a) return;
    if (a.matches('[data-close]')) { e.preventDefault(); close(true); return; }
    if (a.matches('.row-head a, #pane .tab, #pane .statebar a') && /^\/(releases|items|captures)\//.test(a.pathname)) {
      e.preventDefault();
      const row = a.closest('.row');
      if (row) selected = row.id;
      show(a.pathname.slice(1), true);
    }
  });

  // Live: one line says what is new; it is put in at once only when nobody reads below the top.
  let newest = null, said = 0;
  const put = () => {
    if (!newest) return;
    $('#rows').replaceChildren(...$('#rows', newest).childNodes);
    newest = null;
    fresh.hidden = true;
    scroller().scrollTop = 0;
    dots();
    const row = selected && document.getElementById(selected);
    if (row) select(row);
  };
  const look = async () => {
    let doc;
    const u = listURL();
    u.searchParams.delete('ui');
    try { doc = await page(u); } catch { return; }
    if (!$('#rows', doc)) return;
    const have = new Map(rows().map(r => [r.id, r]));
    const added = $$('.row', doc).filter(r => !have.has(r.id));
    holding(() => $$('.row', doc).forEach(r => { // a row that was corrected or withdrawn changes where it stands
      const old = have.get(r.id);
      if (!old || $('.row-body', old).innerHTML === $('.row-body', r).innerHTML) return;
      const copy = r.cloneNode(true);
      copy.classList.toggle('is-selected', r.id === selected);
      old.replaceWith(copy);
    }));
    dots();
    if (!added.length) return;
    newest = doc;
    const b = $('button', fresh), flashes = added.filter(r => $('.tag-flash', r)).length;
    b.textContent = b.dataset.new.replace('{n}', figures(added.length)) + (flashes ? ' · ' + b.dataset.flash.replace('{f}', figures(flashes)) : '');
    if (Date.now() - said > 30000) { said = Date.now(); $('#said').textContent = b.textContent; }
    if (scroller().scrollTop < 2 && !selected && !wire.classList.contains('has-open')) put(); else fresh.hidden = false;
  };
  let waiting = 0;
  const soon = () => { if (wire && 'live' in wire.dataset && !waiting) waiting = setTimeout(() => { waiting = 0; look(); }, 400); };
  if (fresh) $('button', fresh).addEventListener('click', put);

  const light = $('#light');
  const lamp = (state, word, time) => {
    light.className = 'light ' + state;
    const w = document.createElement('span'), t = document.createElement('time');
    w.className = 'light-word'; w.textContent = word + ' '; t.textContent = time; t.dir = 'ltr';
    $('.light-text', light).replaceChildren(w, t);
  };
  if (light && 'EventSource' in window) {
    let lost = 0, last = null;
    let stream;
    const on = () => { clearTimeout(lost); lost = 0; lamp('is-on', last ? light.dataset.last : light.dataset.live, last ? clock(last) : ''); };
    const connect = () => {
      stream = new EventSource('/api/v1/stream');
      stream.onopen = () => { if (light.classList.contains('is-off')) soon(); on(); };
      for (const kind of ['embargoed', 'released', 'updated', 'corrected', 'withdrawn', 'erased', 'captured']) stream.addEventListener(kind, e => { last = new Date(); on(); soon(); (heard[kind] || []).forEach(f => f(e)); });
      stream.onerror = () => {
        if (!lost) { const since = new Date(); lost = setTimeout(() => lamp('is-off', light.dataset.off, clock(since)), 5000); }
        if (stream.readyState === 2) setTimeout(connect, 20000); // refused, not cut: the browser does not try again
      };
    };
    connect();
    addEventListener('pagehide', () => stream.close());
  }

  // Keys by their place on the keyboard, whatever the layout; off in fields.
  const keys = {
    KeyJ: () => move(1), ArrowDown: () => move(1), KeyK: () => move(-1), ArrowUp: () => move(-1),
    KeyO: () => { const r = selected && document.getElementById(selected); if (r) $('.row-head a', r).click(); },
    Escape: () => close(true), KeyU: () => close(true), Period: put,
    Slash: e => { if (e.shiftKey) location.href = '/settings#keys'; else $('#q').focus(); },
  };
  if (!('nokeys' in root.dataset)) addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.target.closest('input, select, textarea, [contenteditable]')) { if (e.code === 'Escape') e.target.blur(); return; }
    const own = bound[(e.shiftKey ? 'Shift+' : '') + e.code];
    if (own) { e.preventDefault(); own(e); return; }
    const arrow = e.code === 'ArrowDown' || e.code === 'ArrowUp';
    if (!keys[e.code] || arrow && (!wire || pane.contains(e.target) || e.target.closest('summary'))) return;
    if (e.shiftKey && e.code !== 'Slash') return;
    e.preventDefault();
    keys[e.code](e);
  });

  const opened = wire && $('.row-open', wire);
  if (opened) { select(opened); see(opened.id); opened.scrollIntoView({ block: 'nearest' }); }
  const item = $('#item');
  if (item && !wire) see('r-' + item.dataset.path.split('/')[1]);
  dots();
})();
