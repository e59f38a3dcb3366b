// Before anything is drawn: does this device have letters for Urdu? Where it has none, a text would stand there in boxes until the
// next page, since a font that comes late is not put in under a reader's eye. On such a device, and on no other, the page is
// drawn when its fonts are here, after five seconds at the latest.
(() => {
  'use strict';
  const root = document.documentElement, c = document.createElement('canvas').getContext('2d');
  if (!c) return;
  c.font = '40px sans-serif';
  const width = s => c.measureText(s).width, none = width('\u0378'); // a place in Unicode where there is no letter
  if (['\u06c1', '\u06d2', '\u06cc', '\u06a9'].filter(s => width(s) === none).length < 2) return;
  root.classList.add('no-arabic', 'waits');
  const show = () => root.classList.remove('waits');
  setTimeout(show, 5000);
  // Which fonts a page needs is known once it was laid out.
  addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => requestAnimationFrame(() => document.fonts.ready.then(show))));
})();
