// What is shown once is copied by a button. Where the clipboard is closed, the words are selected.
(() => {
  'use strict';
  const { $, $$ } = window.jarchi;
  for (const b of $$('[data-copy-from]')) {
    b.hidden = false;
    b.addEventListener('click', async () => {
      const from = $('#' + b.dataset.copyFrom);
      try {
        await navigator.clipboard.writeText(from.textContent);
        $('#copied').textContent = b.dataset.copied;
      } catch { getSelection().selectAllChildren(from); }
    });
  }
})();
