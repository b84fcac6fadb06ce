// Runs before the page's own scripts: tells what no browser event tells. It changes nothing of what a page gets back.
(() => {
  const send = globalThis.__TELL__;
  delete globalThis.__TELL__;
  if (typeof send !== 'function') return;
  const { apply, get } = Reflect, { stringify } = JSON;
  const tell = (kind, what) => { try { send(stringify({ kind, what: String(what).slice(0, 2000) })); } catch {} };
  const native = new WeakMap();
  const toString = Function.prototype.toString;
  const wrap = (owner, name, before) => {
    const original = owner && owner[name];
    if (typeof original !== 'function') return;
    const wrapped = { [name](...given) { try { before(given); } catch {} return apply(original, this, given); } }[name];
    native.set(wrapped, original);
    const described = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(wrapped, 'length', { value: original.length, configurable: true });
    Object.defineProperty(owner, name, { ...described, value: wrapped });
  };
  const said = { toString() { return apply(toString, native.get(this) || this, []); } }.toString;
  native.set(said, toString);
  Object.defineProperty(Function.prototype, 'toString', { value: said, writable: true, configurable: true });

  wrap(globalThis.Clipboard && Clipboard.prototype, 'writeText', ([text]) => tell('clipboard', text));
  wrap(globalThis.DataTransfer && DataTransfer.prototype, 'setData', ([type, text]) => {
    if (globalThis.event && (event.type === 'copy' || event.type === 'cut')) tell('clipboard', text);
  });
  wrap(globalThis.Document && Document.prototype, 'execCommand', ([command]) => {
    if (!/^(copy|cut)$/i.test(command)) return;
    const active = document.activeElement;
    const field = active && typeof active.value === 'string' && active.value.slice(active.selectionStart || 0, active.selectionEnd || undefined);
    tell('clipboard', field || getSelection());
  });
  wrap(globalThis.Notification, 'requestPermission', () => tell('permission', 'notifications'));
  wrap(globalThis.Geolocation && Geolocation.prototype, 'getCurrentPosition', () => tell('permission', 'geolocation'));
  wrap(globalThis.Geolocation && Geolocation.prototype, 'watchPosition', () => tell('permission', 'geolocation'));
  wrap(globalThis.MediaDevices && MediaDevices.prototype, 'getUserMedia', () => tell('permission', 'camera or microphone'));
})();
