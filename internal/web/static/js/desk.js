// The desk. Every change is sent at once, one request a text at a time; what the server has not is kept
// on this device, over a lost connection, a reload and a lost session.
(() => {
  'use strict';
  if (window.jarchiDesk || !window.jarchi) return;
  window.jarchiDesk = true;
  const { $, $$, store, key } = window.jarchi;
  const root = document.documentElement;
  const locale = root.lang === 'ur' ? 'ur-u-nu-latn' : root.lang === 'fa' ? 'fa-u-nu-arabext' : root.lang;
  const now = () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date());
  const make = (tag, text) => { const e = document.createElement(tag); e.textContent = text; return e; };

  // Keys press what stands on the page; none confirms anything.
  const press = code => { const b = $(`[data-key="${code}"]`); if (b) b.click(); return b; };
  key('KeyN', () => { if (!press('KeyN')) location.href = '/desk#begin'; });
  key('KeyE', () => press('KeyE'));
  key('Shift+KeyW', () => press('Shift+KeyW'));
  if (location.hash === '#begin' && $('#begin')) $('#begin').focus();

  for (const e of $$('[data-unscripted]')) e.hidden = true;
  addEventListener('change', e => { if (e.target.matches('[data-submit]')) e.target.form.requestSubmit(); });

  // The page that asks for a reason, as a dialog over the page it was called from.
  addEventListener('click', async e => {
    const a = e.target.closest('[data-dialog]');
    if (a && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.button) {
      e.preventDefault();
      let form;
      try {
        const r = await fetch(a.href);
        form = $('#withdraw', new DOMParser().parseFromString(await r.text(), 'text/html'));
      } catch { /* the page itself says what is wrong */ }
      if (!form) { location.href = a.href; return; }
      const d = document.createElement('dialog');
      d.className = 'dialog';
      d.append(document.adoptNode(form));
      d.setAttribute('aria-label', $('h1', form).textContent);
      document.body.append(d);
      d.addEventListener('close', () => { d.remove(); a.focus(); });
      d.showModal();
      $('textarea', d).focus();
      return;
    }
    const cancel = e.target.closest('dialog [data-cancel]');
    if (cancel) { e.preventDefault(); cancel.closest('dialog').close(); return; }
    const to = e.target.closest('[data-focus]'), field = to && document.getElementById(to.hash.slice(1));
    if (field) {
      e.preventDefault();
      if (field.closest('details')) field.closest('details').open = true;
      ($('input, textarea, select', field) || field).focus();
    }
  });

  // What the server has not: one entry a text, by person, draft and language.
  const forget = k => { try { localStorage.removeItem(k); } catch { /* there was no storage */ } };
  const kept = prefix => { try { return Object.keys(localStorage).filter(k => k.startsWith(prefix)); } catch { return []; } };
  const form = $('#compose'), home = $('#desk');
  const user = form ? form.dataset.user : home && home.dataset.user;
  if (!user) return;
  const mine = `jarchi-draft ${user} `;
  const post = async (url, data) => {
    const r = await fetch(url, { method: 'POST', headers: { Accept: 'application/json' }, body: data });
    let answer = {};
    try { answer = await r.json(); } catch { /* not from the desk: its status says enough */ }
    return { status: r.status, answer };
  };
  const data = entries => { const d = new FormData(); for (const [k, v] of entries) d.append(k, v); return d; };
  const sendKept = async (k, said) => { // texts of pages that are not open
    let entries;
    try { entries = JSON.parse(store.get(k)).entries; } catch { forget(k); return; }
    try {
      const { status, answer } = await post('/desk/drafts/' + k.split(' ')[2], data(entries));
      if (status === 200 || answer.conflict) forget(k);
      if (said) said(status, answer);
    } catch { /* still away: it stays */ }
  };
  if (home) for (const k of kept(mine)) sendKept(k);
  if (!form) return;

  for (const e of $$('[name$=".was"]', form)) e.remove(); // for forms that are sent whole
  const line = $('#saved bdi'), trouble = $('#trouble');
  const say = text => { if (line.textContent !== text) line.textContent = text; };
  const warn = (text, link, href) => {
    trouble.hidden = !text;
    if (!text) { trouble.replaceChildren(); return; }
    if (trouble.firstChild && trouble.firstChild.textContent === text) return;
    trouble.replaceChildren(make('span', text));
    if (link) { const a = make('a', link); a.href = href; trouble.append(' ', a); return a; }
  };
  const base = mine + form.dataset.draft + ' ';
  const texts = $$('[data-save]', form).map(el => ({ el, id: el.dataset.save, name: base + el.dataset.save, dirty: false, busy: false, stopped: false, tried: null }));
  const entriesOf = t => [...new FormData(form)].filter(([k, v]) => typeof v === 'string' && (k.startsWith(t.id + '.') || k === 'part' && v === t.id));
  const keep = t => store.set(t.name, JSON.stringify({ entries: entriesOf(t) }));
  const revision = t => form.elements[t.id + '.revision'];

  let away = false, again = 0, pause = 2000;
  const later = () => { clearTimeout(again); again = setTimeout(() => { pause = Math.min(pause * 1.5, 15000); texts.forEach(send); }, pause); };
  const onDevice = () => say(form.dataset.device.replace('{t}', now()));

  // The server does not answer: try again, first with what may have reached it.
  const lost = (t, entries) => {
    t.tried = entries;
    t.dirty = away = true;
    onDevice();
    warn(trouble.dataset.away);
    later();
  };
  const conflict = (t, answer) => {
    t.stopped = true;
    const a = warn(trouble.dataset.conflict + (answer.who ? ' (' + answer.who + ')' : ''), trouble.dataset.compare, answer.conflict);
    if (!t.dirty) forget(t.name); // the server has this text, beside the other
    if (a) a.addEventListener('click', async e => { // with what was written since
      if (!t.dirty) return;
      e.preventDefault();
      try {
        const r = await post(form.action, data(entriesOf(t)));
        if (r.status === 200 || r.answer.conflict) { forget(t.name); location.href = r.answer.conflict || location.href; }
      } catch { onDevice(); }
    });
  };
  const send = async t => {
    if (t.busy || t.stopped || !t.dirty) return;
    t.busy = true;
    const entries = t.tried || entriesOf(t);
    if (!t.tried) t.dirty = false;
    if (!away) say(form.dataset.wait);
    let r;
    try { r = await post(form.action, data(entries)); } catch { t.busy = false; lost(t, entries); return; }
    t.busy = false;
    const { status, answer } = r;
    if (status === 401) {
      t.dirty = away = true;
      onDevice();
      warn(trouble.dataset.signedout, trouble.dataset.signin, '/in?back=' + encodeURIComponent(location.pathname + location.search));
      later();
      return;
    }
    if (status >= 500 || status === 429) { lost(t, entries); return; }
    if (away) { away = false; pause = 2000; warn(''); }
    const n = t.id === 's' ? answer.settings : answer.parts && answer.parts[t.id];
    if (n !== undefined && status !== 409) revision(t).value = n;
    if (answer.conflict) { t.tried = null; conflict(t, answer); return; }
    if (status !== 200) { // refused: it stays on this device until it is written otherwise
      t.tried = null;
      say(form.dataset.wait);
      warn(answer.problem || trouble.dataset.away);
      if (t.id === 's') forget(t.name);
      if (answer.field === 'whole') { // somebody else's settings stand: they are shown
        try {
          const w = $('#whole', new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html'));
          if (w) t.el.replaceChildren(...w.childNodes);
          for (const e of $$('[name$=".was"]', form)) e.remove();
        } catch { /* the next try says the same */ }
      }
      return;
    }
    if (t.tried) { t.tried = null; } else if (!t.dirty) forget(t.name);
    for (const k of ['schedule', 'embargo']) {
      const both = $(`[data-both="s.${k}"]`);
      if (!both || !answer[k]) continue;
      const [reader, member] = answer[k];
      both.replaceChildren(...reader ? [make('bdi', reader), ...member ? [' · ', make('bdi', member)] : []] : []);
    }
    if (!texts.some(x => x.stopped)) warn('');
    const state = $('.compose-head .tag'); // a change takes approvals and schedule away
    if (answer.state && state.textContent !== answer.state) state.textContent = answer.state;
    if (t.dirty) send(t); else if (!texts.some(x => x.dirty || x.busy)) say(answer.saved);
  };
  const changed = e => {
    const t = texts.find(x => x.el.contains(e.target));
    if (!t || e.target.type === 'file' || !e.target.name) return;
    t.dirty = true;
    if (e.target.ariaInvalid && e.target.value.trim()) { // what was missing is there
      e.target.ariaInvalid = null;
      const said = document.getElementById(e.target.id + '-error'), point = $(`#problems a[href$="#${e.target.id}"]`);
      if (said) said.remove();
      if (point) point.closest('li').remove();
      if ($('#problems') && !$('#problems li')) $('#problems').remove();
    }
    keep(t);
    if (away || t.stopped) onDevice();
    send(t);
  };
  form.addEventListener('input', changed);
  addEventListener('online', () => { pause = 2000; texts.forEach(send); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) texts.forEach(send); });

  // Before another page is asked for, everything is on the server, or she stays.
  const settled = async () => {
    texts.forEach(send);
    for (let n = 0; n < 500; n++) {
      if (away || texts.some(t => t.stopped)) return false;
      if (!texts.some(t => t.dirty || t.busy)) return true;
      await new Promise(done => setTimeout(done, 20));
    }
    return false;
  };
  let leaving = false;
  form.addEventListener('submit', async e => {
    if (leaving) return;
    const b = e.submitter;
    if (b && 'now' in b.dataset) { texts.forEach(t => forget(t.name)); return; }
    e.preventDefault();
    if (!await settled()) { if (trouble.hidden) warn(trouble.dataset.away); trouble.scrollIntoView({ block: 'nearest' }); return; }
    if (!b || b.value === 'save') return;
    const upload = b.value.split(' ')[0] === 'attach' ? b.value.split(' ')[1] + '.upload' : '';
    for (const f of $$('input[type="file"]', form)) f.disabled = f.name !== upload;
    leaving = true;
    form.requestSubmit(b);
  });
  form.addEventListener('click', async e => {
    const a = e.target.closest('a[data-flush]');
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button || !texts.some(t => t.dirty || t.busy)) return;
    e.preventDefault();
    if (await settled()) location.href = a.href;
  });
  addEventListener('pageshow', e => { if (e.persisted) location.reload(); });
  form.addEventListener('change', e => { // a chosen file is sent at once
    if (e.target.type !== 'file' || !e.target.files.length) return;
    if (e.target.files[0].size > 20e6) { warn(trouble.dataset.large); e.target.value = ''; return; }
    const b = $(`button[value="attach ${e.target.name.replace(/\.upload$/, '')}"]`, form);
    if (b) b.click();
  });

  addEventListener('keydown', e => {
    if (e.isComposing) return;
    if ((e.ctrlKey || e.metaKey) && e.code === 'Enter' && !('nokeys' in root.dataset)) {
      e.preventDefault();
      $('[data-send]').click();
    } else if (e.code === 'Enter' && e.target.closest('.w-head, .w-stand')) e.preventDefault(); // one line, however it wraps
  });

  // What a lost connection, reload or session left on this device.
  const put = (t, entries) => {
    let differs = false;
    for (const el of form.elements) {
      if (!el.name || !el.name.startsWith(t.id + '.') || el.type === 'file') continue;
      const have = entries.filter(([k]) => k === el.name).map(([, v]) => v);
      if (el.type === 'checkbox' || el.type === 'radio') {
        if (el.checked !== have.includes(el.value)) { el.checked = !el.checked; differs = true; }
      } else if (have.length && el.value !== have[0]) {
        if (el.type !== 'hidden') differs = true;
        el.value = have[0];
      }
    }
    return differs;
  };
  for (const k of kept(base)) {
    const t = texts.find(x => x.name === k);
    if (!t) {
      sendKept(k, (status, answer) => { if (answer.conflict) warn(trouble.dataset.conflict, trouble.dataset.compare, answer.conflict); });
      continue;
    }
    let entries;
    try { entries = JSON.parse(store.get(k)).entries; } catch { forget(k); continue; }
    const current = revision(t).value;
    if (put(t, entries)) {
      $('#putback').hidden = false;
    } else {
      revision(t).value = current;
      if (!$('[aria-invalid]', t.el)) { forget(k); continue; } // else this may be what was refused, shown again: the server says
    }
    t.dirty = true;
    send(t);
  }
  for (const t of texts) { // typed before this script was there
    if (t.dirty || !$$('textarea, input', t.el).some(e => !/^(hidden|file|checkbox|radio)$/.test(e.type) && e.value !== e.defaultValue)) continue;
    t.dirty = true;
    keep(t);
    send(t);
  }
})();
