// What every page shares: the connection light, clocks and keys, for pages that are complete without them.
// No library, no inline code. The list and the pane are in wire.js.
(() => {
  'use strict';
  const $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];
  const root = document.documentElement, ui = root.lang;
  const cookie = (k, v) => { document.cookie = `${k}=${v}; path=/; max-age=31536000; samesite=lax`; };
  const locale = ui === 'ur' ? 'ur-u-nu-latn' : ui === 'fa' ? 'fa-u-nu-arabext' : ui;
  const figures = n => new Intl.NumberFormat(locale).format(n);
  const time = (d, more, timeZone) => {
    const o = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...more };
    try { return new Intl.DateTimeFormat(locale, { ...o, timeZone }).format(d); } catch { return new Intl.DateTimeFormat(locale, o).format(d); } // a zone this browser does not know
  };
  const zone = root.dataset.zone || undefined;
  const clock = d => time(d, { second: '2-digit' }, zone);
  const store = { get: k => { try { return localStorage.getItem(k); } catch { return null; } }, set: (k, v) => { try { localStorage.setItem(k, v); } catch { /* no storage: nothing is kept */ } } };
  const page = async url => {
    const r = await fetch(url, { headers: { Accept: 'text/html' } });
    if (!r.ok && r.status !== 404) throw new Error(r.status);
    return new DOMParser().parseFromString(await r.text(), 'text/html');
  };

  // One polite sentence in 30 seconds; what comes meanwhile waits, the newest alone.
  let said = -Infinity, unsaid = 0, sentence = '';
  const say = text => {
    sentence = text;
    if (unsaid) return;
    unsaid = setTimeout(() => { unsaid = 0; said = performance.now(); $('#said').textContent = sentence; }, Math.max(0, said + 30000 - performance.now()));
  };

  // A sound, where the reader has switched it on: for a flash, and for the withdrawal of something that she took.
  let audio;
  const sound = () => {
    try {
      audio ||= new AudioContext();
      audio.resume(); // one that was made before anything was pressed sleeps
      const tone = audio.createOscillator(), loud = audio.createGain(), now = audio.currentTime;
      loud.gain.setValueAtTime(0.2, now);
      loud.gain.exponentialRampToValueAtTime(0.001, now + 0.7);
      tone.frequency.value = 660;
      tone.connect(loud).connect(audio.destination);
      tone.start(now);
      tone.stop(now + 0.7);
    } catch { /* a device without sound */ }
  };
  const ring = () => { if ('sound' in root.dataset) sound(); };
  addEventListener('click', e => { if (e.target.closest('[data-try-sound]')) sound(); });

  // What the scripts of single places share. on(kind, fn): a live event, 'open' when the stream begins, 'back' after a cut; key(code, fn):
  // 'KeyT' or 'Shift+KeyW', by place on the keyboard, not called in fields. A key whose fn gives false is not its own.
  const heard = {}, bound = {};
  window.jarchi = Object.freeze({
    $, $$, cookie, figures, clock, store, page, say, ring,
    on: (kind, fn) => (heard[kind] ||= []).push(fn),
    key: (code, fn) => { bound[code] = fn; },
  });
  const key = window.jarchi.key;
  window.jarchi.on('released', e => { try { if (JSON.parse(e.data).urgency === 1) ring(); } catch { /* no release */ } });

  // The reader's zone, for the times of the next page.
  if (!/(?:^|; )jarchi-zone=/.test(document.cookie)) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (/^[A-Za-z0-9_+/-]{1,60}$/.test(own)) cookie('jarchi-zone', own);
    if (new Date().getTimezoneOffset() && $('#wire, #item') && document.cookie.includes('jarchi-zone=')) location.reload(); // once: the first page was in UTC
  }

  // The clocks of the status line.
  const tick = () => {
    const now = new Date(), utc = $('#clock-utc'), city = $('#clock-city');
    if (utc) utc.textContent = time(now, {}, 'UTC');
    if (city) city.textContent = time(now, {}, zone);
    setTimeout(tick, 60050 - now % 60000);
  };
  tick();

  // Paper says when it was printed; what a page showed when it was made, it says too, unless it has been live since.
  addEventListener('beforeprint', () => {
    const e = $('#print-when'), now = new Date(), day = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' };
    let at = new Intl.DateTimeFormat(ui === 'en' ? 'en-GB' : locale, day).format(now) + ' UTC';
    try { // in her own zone, where this browser knows it
      const own = new Intl.DateTimeFormat(ui === 'en' ? 'en-GB' : locale, { ...day, timeZone: zone || 'UTC' }).format(now);
      const off = new Intl.DateTimeFormat('en', { timeZone: zone || 'UTC', timeZoneName: 'shortOffset' }).formatToParts(now).find(p => p.type === 'timeZoneName').value;
      at = own + ' ' + off.replace('GMT', 'UTC').replace(/\+0$/, '');
    } catch { /* in UTC */ }
    e.dataset.made ||= e.textContent;
    e.textContent = ($('#wire[data-live]') ? '' : e.dataset.made + ' · ') + e.dataset.printed + ' · ' + at;
  });

  // Live: a filled light and the time of the last event; hollow after five seconds without a connection.
  const light = $('#light');
  const lamp = (state, word, at) => {
    light.className = 'light ' + state;
    const w = document.createElement('span'), t = document.createElement('time');
    w.className = 'light-word'; w.textContent = word + ' '; t.textContent = at; t.dir = 'ltr';
    $('.light-text', light).replaceChildren(w, t);
  };
  if (light && 'EventSource' in window) {
    let stream, again = 0, lost = 0, last = null, cut = false;
    const on = () => {
      clearTimeout(lost); lost = 0;
      lamp('is-on', last ? light.dataset.last : light.dataset.live, last ? clock(last) : '');
    };
    const off = () => {
      cut = true;
      if (!lost) { const since = new Date(); lost = setTimeout(() => lamp('is-off', light.dataset.off, time(since, {}, zone)), 5000); }
    };
    const connect = () => {
      clearTimeout(again);
      if (stream) stream.close();
      stream = new EventSource('/api/v1/stream'); // the browser goes on after the last id by itself
      stream.onopen = () => { on(); (heard[cut ? 'back' : 'open'] || []).forEach(f => f()); cut = false; };
      for (const kind of ['embargoed', 'released', 'updated', 'corrected', 'withdrawn', 'erased', 'captured']) stream.addEventListener(kind, e => { last = new Date(); on(); (heard[kind] || []).forEach(f => f(e)); });
      stream.onerror = () => { off(); if (stream.readyState === 2) again = setTimeout(connect, 20000); }; // refused, not cut: the browser does not try again
    };
    connect();
    addEventListener('pagehide', () => stream.close());
    addEventListener('pageshow', e => { if (e.persisted) { cut = true; connect(); } });
    addEventListener('offline', off);
    addEventListener('online', () => { if (cut) connect(); }); // the browser itself may wait a quarter of a minute
  }

  // The page of an item: its row was seen.
  if ($('#item') && !$('#wire')) {
    const ids = new Set((store.get('jarchi-seen') || '').split(' ').filter(Boolean)).add('r-' + $('#item').dataset.path.split('/')[1]);
    store.set('jarchi-seen', [...ids].slice(-1500).join(' '));
  }

  // Keys. A reader may have bound an action to another key: what is pressed is turned into the usual one.
  const moved = new Map((root.dataset.bind || '').split(' ').filter(Boolean).map(p => p.split(':').reverse()));
  const left = new Set([...moved.values()].filter(c => !moved.has(c)));
  const usual = code => moved.get(code) || (left.has(code) ? '' : code);
  const to = { KeyW: '/', KeyS: '/stories', KeyD: '/desk', KeyC: '/check', KeyN: '/network', KeyR: '/corrections' };
  let going = 0;
  key('KeyG', () => { going = performance.now() + 1500; });
  key('Slash', () => { $('#q').focus(); $('#q').select(); });
  const help = async () => {
    let d = $('#help');
    if (!d) {
      let rows;
      try { rows = $('#keys', await page('/settings')); } catch { /* shown below */ }
      if (!rows) { location.href = '/settings#keys'; return; }
      $$('.key-field, .quiet, .field-buttons', rows).forEach(e => e.remove());
      d = document.createElement('dialog');
      d.id = 'help';
      const form = document.createElement('form'), b = document.createElement('button');
      form.method = 'dialog'; b.className = 'button'; b.textContent = 'Esc';
      form.append(b);
      d.append(form, $('h2', rows), $('.keys', rows)); // the button has the focus: at the end it would show the list's end
      document.body.append(d);
    }
    d.showModal(); // the browser gives the focus back when it closes
  };
  key('Shift+Slash', help);
  addEventListener('click', e => { if (e.target.closest('[data-help]')) { e.preventDefault(); help(); } });

  // On the page of an item and in the pane alike.
  const item = () => $('#item');
  const go = href => { const a = href && $$('#item a').find(x => x.getAttribute('href') === href); if (!a) return false; a.click(); };
  const tab = where => () => { const t = item() && $('.tabs', item()); return t ? go(t.dataset[where]) : false; };
  key('BracketLeft', tab('prev'));
  key('BracketRight', tab('next'));
  const part = (...ids) => {
    const e = item() && ids.map(id => $(id, item())).find(Boolean);
    if (!e) return false;
    if (e.matches('details')) e.open = true;
    e.scrollIntoView({ block: 'start' });
    e.tabIndex = -1;
    e.focus({ preventScroll: true });
  };
  key('KeyH', () => part('#versions', '.versions'));
  key('KeyP', () => part('#proof', '.proof'));
  key('KeyO', tab('original'));
  key('Escape', () => { const back = $('[data-close]'); if (!back) return false; location.href = back.href; });
  key('KeyU', () => bound.Escape());

  // On a phone the list of one's own pages closes as a list does.
  const own = $('#own');
  const shut = e => { if (own?.open && $('summary', own).checkVisibility() && (e.type === 'keydown' ? e.key === 'Escape' : !own.contains(e.target))) { own.open = false; return true; } };
  addEventListener('click', shut);
  addEventListener('keydown', e => { if (shut(e)) { e.preventDefault(); $('summary', own).focus(); } });

  if (!('nokeys' in root.dataset)) addEventListener('keydown', e => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || $('dialog[open]')) return;
    if (e.target.closest('input, select, textarea, [contenteditable]')) { if (e.code === 'Escape') e.target.blur(); return; }
    if (going > performance.now() && !e.shiftKey) {
      going = 0;
      const a = $(`.rail a[href="${to[e.code]}"]`) || e.code === 'KeyW' && $('.rail a');
      if (a) { e.preventDefault(); a.click(); return; }
    }
    const fn = bound[(e.shiftKey ? 'Shift+' : '') + usual(e.code)];
    if (fn && fn(e) !== false) e.preventDefault();
  });
  addEventListener('keydown', e => { // in the settings a key is named by pressing it, on any layout
    const m = e.target.matches('input[data-code]') && !e.ctrlKey && !e.metaKey && !e.altKey && /^(?:Key|Digit)(.)$/.exec(e.code);
    if (m) { e.preventDefault(); e.target.value = m[1].toLowerCase(); }
  });
})();
