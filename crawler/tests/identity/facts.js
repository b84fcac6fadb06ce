// What a script can learn of its visitor, in a document or a worker, as cloaking scripts and bot detectors ask for it.
self.facts = async () => {
  const tell = (ask) => { try { const value = ask(); return value === undefined ? null : value; } catch (error) { return `threw ${error}`; } };
  const slow = (promise) => Promise.race([Promise.resolve(promise).catch((error) => `threw ${error}`), new Promise((end) => setTimeout(() => end('late'), 1500))]);
  const nav = navigator, inPage = typeof document !== 'undefined';
  const gl = (kind) => tell(() => {
    const canvas = inPage ? document.createElement('canvas') : new OffscreenCanvas(8, 8);
    const context = canvas.getContext(kind);
    if (!context) return null;
    const named = context.getExtension('WEBGL_debug_renderer_info');
    return [context.getParameter(named.UNMASKED_VENDOR_WEBGL), context.getParameter(named.UNMASKED_RENDERER_WEBGL), context.getParameter(context.VENDOR)];
  });
  const native = (holder, name) => tell(() => {
    const known = Object.getOwnPropertyDescriptor(holder, name);
    const made = known && (known.get || known.value);
    return typeof made !== 'function' || /\[native code\]/.test(Function.prototype.toString.call(made));
  });
  const proto = Object.getPrototypeOf(nav);
  const told = {
    agent: nav.userAgent, appVersion: nav.appVersion, appName: nav.appName, appCodeName: nav.appCodeName, product: nav.product,
    productSub: tell(() => nav.productSub), vendor: tell(() => nav.vendor), platform: nav.platform,
    language: nav.language, languages: [...nav.languages], cores: nav.hardwareConcurrency, memory: tell(() => nav.deviceMemory),
    webdriver: tell(() => nav.webdriver), secure: self.isSecureContext,
    hasData: 'userAgentData' in nav, data: tell(() => nav.userAgentData && JSON.parse(JSON.stringify(nav.userAgentData))),
    kinds: { data: 'NavigatorUAData' in self, network: 'NetworkInformation' in self, usb: 'USB' in self, battery: 'BatteryManager' in self },
    connection: tell(() => nav.connection && { type: nav.connection.type ?? null, effective: nav.connection.effectiveType, rtt: nav.connection.rtt, downlink: nav.connection.downlink }),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.DateTimeFormat().resolvedOptions().locale,
    numbers: Intl.NumberFormat().resolvedOptions().locale,
    offsets: [new Date(2026, 0, 1).getTimezoneOffset(), new Date(2026, 6, 1).getTimezoneOffset()],
    date: new Date(0).toString(), localDate: new Date(0).toLocaleDateString(),
    gl: gl('webgl'), gl2: gl('webgl2'), evalLength: eval.toString().length,
    stack: tell(() => { try { null[0](); } catch (error) { return error.stack.includes('    at ') ? 'v8' : 'other'; } }),
    v8: tell(() => 'v8BreakIterator' in Intl), owned: Object.getOwnPropertyNames(nav),
    notNative: Object.getOwnPropertyNames(proto).filter((name) => native(proto, name) === false),
    toStringNative: tell(() => /\[native code\]/.test(Function.prototype.toString.toString())),
    toStringNamed: tell(() => Function.prototype.toString.toString().startsWith('function toString()')),
    getterNamed: tell(() => Object.getOwnPropertyDescriptor(proto, 'hardwareConcurrency').get.toString().startsWith('function get hardwareConcurrency()')),
    getterGuards: tell(() => { try { Object.getOwnPropertyDescriptor(proto, 'hardwareConcurrency').get.call({}); return false; } catch (error) { return error instanceof TypeError; } }),
    getterBare: tell(() => { const get = Object.getOwnPropertyDescriptor(proto, 'hardwareConcurrency').get; return !('prototype' in get) && Object.getOwnPropertyNames(get).sort().join() === 'length,name'; }),
  };
  if (nav.userAgentData) {
    told.high = await slow(nav.userAgentData.getHighEntropyValues(['architecture', 'bitness', 'formFactors', 'fullVersionList', 'model', 'platformVersion', 'uaFullVersion', 'wow64']));
  }
  if (nav.permissions) told.permission = await slow(nav.permissions.query({ name: 'notifications' }).then((answer) => answer.state));
  if (told.secure || !inPage) told.said = await slow(fetch('/said').then((answer) => answer.json()));
  return told;
};
