// The demo goes on by itself for whoever only looks: a card that nobody touched is opened at its time.
(() => {
  'use strict';
  const { $, $$ } = window.jarchi, demo = $('#demo');
  if (!demo) return;
  const began = Date.now() - 1000 * demo.dataset.age;
  let touched = false;
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) addEventListener(kind, () => { touched = true; }, { once: true, passive: true });
  for (const card of $$('[data-at]', demo)) {
    const wait = began + 1000 * card.dataset.at - Date.now();
    if (wait > -5000) setTimeout(() => { if (!touched && !document.hidden) ($('form button', card) || $('a', card)).click(); }, Math.max(1000, wait));
  }
})();
