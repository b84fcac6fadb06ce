// Gathers facts in every world a page can make, asks all questions, and writes each contradiction down by its name.
(async () => {
  const done = { value: false };
  (async () => { while (!done.value) await fetch('/slow').catch(() => 0); })(); // the page is not at rest before it has finished
  const end = (promise) => Promise.race([promise.catch((error) => { console.error(String(error)); }), new Promise((end) => setTimeout(end, 4000))]);
  const from = (port) => new Promise((end) => { port.onmessage = (event) => end(event.data); port.onerror = () => end(); });
  const messages = {};
  addEventListener('message', (event) => event.data?.world && messages[event.data.world]?.(event.data.facts));
  const frame = (world, set) => new Promise((end) => {
    messages[world] = end;
    const made = document.createElement('iframe');
    made.style.cssText = 'width:10px;height:10px';
    set(made);
    document.body.append(made);
  });
  const tellParent = (world) => `<script src="${location.origin}/facts.js"></script><script>facts().then((facts) => parent.postMessage({ world: '${world}', facts }, '*'))</script>`;
  const source = await fetch('/facts.js').then((answer) => answer.text());
  const blob = URL.createObjectURL(new Blob([source.replaceAll("'/said'", `'${location.origin}/said'`) + ';facts().then((facts) => postMessage(facts))'], { type: 'text/javascript' }));
  const worlds = {
    frame: () => frame('frame', (made) => { made.src = '/frame?frame'; }),
    'other-site': () => frame('other-site', (made) => { made.src = `http://localhost:${location.port}/frame?other-site`; }),
    insecure: () => frame('insecure', (made) => { made.src = `http://${self.insecure}/frame?insecure`; }),
    srcdoc: () => frame('srcdoc', (made) => { made.srcdoc = tellParent('srcdoc'); }),
    blank: async () => {
      const made = document.createElement('iframe');
      document.body.append(made);
      made.contentWindow.eval(source);
      return made.contentWindow.facts();
    },
    sandboxed: () => frame('sandboxed', (made) => { made.sandbox = 'allow-scripts'; made.src = '/frame?sandboxed'; }),
    worker: () => from(new Worker('/worker.js')),
    module: () => from(new Worker('/module.js', { type: 'module' })),
    blob: () => from(new Worker(blob)),
    nested: () => from(new Worker('/nested.js')),
    shared: () => from(new SharedWorker('/shared.js').port),
    service: async () => {
      const kept = await navigator.serviceWorker.register('/service.js');
      const worker = kept.installing ?? kept.waiting ?? kept.active;
      const channel = new MessageChannel();
      worker.postMessage('facts', [channel.port2]);
      return from(channel.port1);
    },
  };
  if (typeof SharedWorker === 'undefined') delete worlds.shared;
  const own = await facts();
  const at = {};
  await Promise.all(Object.entries(worlds).map(async ([name, ask]) => {
    const told = await end(Promise.resolve().then(ask));
    if (told) at[name] = told;
  }));
  at.page = own;
  const media = (name, values) => values.filter((value) => matchMedia(`(${name}: ${value})`).matches).join();
  const named = (names) => names.filter((name) => name in window || name in navigator).length;
  const framed = document.createElement('iframe');
  document.body.append(framed);
  const writes = framed.contentWindow.Function.prototype.toString;
  const wide = (font) => { const span = document.createElement('span'); span.style.cssText = `font:80px ${font};position:absolute`; span.textContent = 'mmmmlli测试'; document.body.append(span); const width = span.getBoundingClientRect().width; span.remove(); return width; };
  const font = /Windows/.test(navigator.userAgent) ? 'Microsoft YaHei' : /iPhone/.test(navigator.userAgent) ? 'PingFang SC' : null;
  const page = {
    worlds: Object.keys(worlds), fetched: await fetch('/fetched').then((answer) => answer.json()),
    automation: ['__nightmare', '_phantom', 'callPhantom', 'domAutomation', 'domAutomationController', '__webdriver_evaluate', '__playwright__binding__', '__pwInitScripts', '_selenium', 'cdc_adoQpoasnfa76pfcZLmcfl_Array', 'spawn', 'emit', 'Buffer', 'awesomium', 'RunPerfTest', 'CefSharp', '$cdc_asdjflasutopfhvcZLmcfl_'].filter((name) => name in window || name in document)
      .concat(Object.keys(window).filter((name) => /postlink|puppeteer|playwright|cdc_/i.test(name))),
    touchPoints: navigator.maxTouchPoints, touchStart: 'ontouchstart' in window, touchEvent: (() => { try { document.createEvent('TouchEvent'); return true; } catch { return false; } })(),
    pointer: media('pointer', ['none', 'coarse', 'fine']), anyPointer: media('any-pointer', ['none', 'coarse', 'fine']), hover: media('hover', ['none', 'hover']),
    outer: [outerWidth, outerHeight], inner: [innerWidth, innerHeight], screen: [screen.width, screen.height], available: [screen.availWidth, screen.availHeight],
    orientation: screen.orientation?.type, portrait: matchMedia('(orientation: portrait)').matches, windowOrientation: 'orientation' in window,
    ratio: devicePixelRatio, resolution: matchMedia(`(resolution: ${devicePixelRatio}dppx)`).matches, depth: screen.colorDepth,
    widthMedia: matchMedia(`(width: ${innerWidth}px)`).matches, screenMedia: matchMedia(`(device-width: ${screen.width}px)`).matches && matchMedia(`(device-height: ${screen.height}px)`).matches,
    visual: visualViewport.width * visualViewport.scale, hidden: document.hidden, focus: document.hasFocus(),
    chrome: 'chrome' in window ? Object.keys(window.chrome) : null, chromeWritten: window.chrome?.csi ? Function.prototype.toString.call(chrome.csi) : null,
    plugins: [...navigator.plugins].map((plugin) => plugin.name), types: [...navigator.mimeTypes].map((type) => type.type), pdf: navigator.pdfViewerEnabled,
    pluginsGenuine: navigator.plugins instanceof PluginArray && String(navigator.plugins) === '[object PluginArray]' && navigator.plugins === navigator.plugins && Object.getOwnPropertyDescriptor(navigator, 'plugins') === undefined && navigator.plugins.item(99) === null
      && [...navigator.plugins].every((plugin) => plugin instanceof Plugin && plugin[0].enabledPlugin instanceof Plugin && navigator.plugins[plugin.name] === plugin && navigator.plugins.namedItem(plugin.name) === plugin),
    notification: typeof Notification === 'undefined' ? null : Notification.permission,
    standalone: 'standalone' in navigator, gesture: 'ongesturestart' in window && 'GestureEvent' in window,
    // As fingerprintjs tells engines apart.
    chromiumNames: named(['webkitPersistentStorage', 'webkitTemporaryStorage', 'webkitResolveLocalFileSystemURL', 'BatteryManager', 'webkitMediaStream', 'webkitSpeechGrammar']) + (navigator.vendor.startsWith('Google') ? 1 : 0),
    webkitNames: named(['ApplePayError', 'CSSPrimitiveValue', 'Counter', 'RGBColor', 'WebKitMediaKeys']) + (navigator.vendor.startsWith('Apple') ? 1 : 0),
    touchCallout: CSS.supports('-webkit-touch-callout', 'none'), hls: document.createElement('video').canPlayType('application/vnd.apple.mpegurl'),
    voices: typeof speechSynthesis === 'undefined' ? 0 : speechSynthesis.getVoices().length, font: !font || wide(`'${font}', monospace`) !== wide('monospace'),
    texture: (() => { const gl = document.createElement('canvas').getContext('webgl'); return gl && gl.getParameter(gl.MAX_TEXTURE_SIZE); })(),
    framedNative: /\[native code\]/.test(writes.call(Object.getOwnPropertyDescriptor(Navigator.prototype, 'hardwareConcurrency').get)) && /\[native code\]/.test(writes.call(Function.prototype.toString)),
    referrer: document.referrer,
  };
  const answers = questions(own, at, page, self.sent);
  document.getElementById('asked').textContent = `asked ${Object.keys(answers).length} in ${Object.keys(at).length} worlds`;
  for (const [name, detail] of Object.entries(answers)) {
    if (!detail) continue;
    const line = document.createElement('p');
    line.textContent = `contradiction ${name} — ${String(detail).slice(0, 300)}`;
    document.body.append(line);
  }
  done.value = true;
})().catch((error) => { document.body.append(`broken: ${error.stack}`); });
