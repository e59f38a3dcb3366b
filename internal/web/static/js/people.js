// A link carries its secret behind '#', which no server is sent. Here it goes into the form's one field,
// out of the address and the history, and is posted: looking at an invitation uses nothing up.
(() => {
  'use strict';
  const field = document.querySelector('#code');
  const secret = location.hash.slice(1);
  if (!field || !/^[A-Za-z0-9_-]{20,200}$/.test(secret)) return;
  history.replaceState(null, '', location.pathname + location.search);
  field.value = secret;
  field.form.requestSubmit();
})();
