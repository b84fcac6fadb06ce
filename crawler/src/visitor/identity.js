// Makes scripts read what the visitor is, where the browser cannot be told. Runs in every document and worker.
((me) => {
  const here = globalThis, inPage = typeof Window !== 'undefined' && here instanceof Window;
  const { defineProperty, getOwnPropertyDescriptor: own, getOwnPropertyNames, setPrototypeOf } = Object;
  const { apply, deleteProperty } = Reflect;

  // Whatever is put in a function's place is written out as that function was.
  const written = new WeakMap();
  const toString = Function.prototype.toString;
  const asWritten = (text) => (me.engine === 'safari' ? text.replace(/\{ \[native code\] \}$/, '{\n    [native code]\n}') : text);
  const inPlaceOf = (original, answer) => {
    const stand = new Proxy(original, { apply: (target, self, args) => answer(self, args, () => apply(target, self, args)) });
    written.set(stand, original);
    return stand;
  };
  const native = (name, body) => {
    const method = { [name](...args) { return apply(body, this, args); } }[name];
    written.set(method, `function ${name}() { [native code] }`);
    return method;
  };
  Function.prototype.toString = inPlaceOf(toString, (self, args, original) => {
    const known = typeof self === 'function' ? written.get(self) : undefined;
    if (typeof known === 'string') return asWritten(known);
    return asWritten(known ? apply(toString, known, []) : original());
  });
  defineProperty(Function.prototype, 'toString', { enumerable: false });

  // `answer` gets the object that is asked, and a way to the true answer.
  const reads = (holder, name, answer) => {
    const known = holder && own(holder, name);
    if (known?.get) defineProperty(holder, name, { ...known, get: inPlaceOf(known.get, (self, _, original) => {
      const true_ = original(); // throws for whoever is not to ask, as it always did
      return answer(true_, self);
    }) });
  };
  const does = (holder, name, answer) => {
    const known = holder && own(holder, name);
    if (known?.value) defineProperty(holder, name, { ...known, value: inPlaceOf(known.value, answer) });
  };
  const offers = (holder, name, value) => {
    const get = own({ get [name]() { return value; } }, name).get;
    written.set(get, `function get ${name}() { [native code] }`);
    defineProperty(holder, name, { get, set: undefined, enumerable: true, configurable: true });
  };
  const lacks = (holder, names) => names.forEach((name) => holder && deleteProperty(holder, name));

  const Nav = inPage ? here.Navigator : here.WorkerNavigator;
  const nav = Nav.prototype;
  reads(nav, 'userAgent', () => me.userAgent);
  reads(nav, 'appVersion', () => me.userAgent.replace(/^Mozilla\//, ''));
  reads(nav, 'platform', () => me.platform);
  // Safari tells only the first.
  const languages = Object.freeze(me.engine === 'safari' ? me.languages.slice(0, 1) : [...me.languages]);
  reads(nav, 'language', () => languages[0]);
  reads(nav, 'languages', () => languages);
  reads(nav, 'hardwareConcurrency', () => me.cores);
  if (me.memory) reads(nav, 'deviceMemory', () => me.memory);

  // Shared and service workers are not told by the browser as what to appear.
  if (me.hints && !inPage && here.NavigatorUAData) {
    const data = here.NavigatorUAData.prototype, { brands, mobile, platform } = me.hints;
    const frozen = Object.freeze(brands.map((brand) => Object.freeze({ ...brand })));
    reads(data, 'brands', () => frozen);
    reads(data, 'mobile', () => mobile);
    reads(data, 'platform', () => platform);
    does(data, 'toJSON', () => ({ brands: frozen, mobile, platform }));
    does(data, 'getHighEntropyValues', async (self, [wanted], original) => {
      const answer = await original();
      const all = { ...me.hints, uaFullVersion: me.hints.fullVersionList.find((one) => one.brand === 'Chromium')?.version };
      for (const name of Object.keys(answer)) if (name in all) answer[name] = all[name];
      return answer;
    });
  }

  // The graphics card.
  for (const Context of [here.WebGLRenderingContext, here.WebGL2RenderingContext]) {
    does(Context?.prototype, 'getParameter', (self, [name], original) => {
      const answer = original();
      if (typeof answer !== 'string') return answer;
      return name === 0x9245 ? me.gpu[0] : name === 0x9246 ? me.gpu[1] : answer;
    });
  }

  if (me.engine === 'safari') safari();
  if (inPage) page();
  if (me.engine !== 'safari' && me.mobile && here.NetworkInformation && !('type' in NetworkInformation.prototype)) {
    offers(NetworkInformation.prototype, 'type', 'wifi');
    offers(NetworkInformation.prototype, 'downlinkMax', Infinity);
  }

  function page() {
    const { window: [width, height] } = me;
    reads(here, 'outerWidth', () => width);
    reads(here, 'outerHeight', () => height);
    reads(Screen.prototype, 'availHeight', (true_) => true_ - me.screenKept);
    if (me.engine === 'webview') {
      // A web view has no notifications, and nothing that belongs to the browser around it.
      lacks(here, ['Notification', 'PushManager', 'PushSubscription', 'PushSubscriptionOptions', 'PaymentRequest',
        'PaymentResponse', 'PaymentAddress', 'PaymentMethodChangeEvent', 'PresentationRequest', 'SpeechSynthesis',
        'speechSynthesis', 'SharedWorker', 'showOpenFilePicker', 'showSaveFilePicker', 'showDirectoryPicker']);
      lacks(nav, ['share', 'canShare', 'bluetooth', 'presentation', 'setAppBadge', 'clearAppBadge']);
    }
    if (me.engine === 'chrome') {
      chrome();
      // Nobody has been asked yet.
      if (here.isSecureContext && here.Notification) reads(Notification, 'permission', () => 'default');
    }
    if (!me.mobile || me.engine === 'safari') plugins();
    if (me.mobile) lacks(here, ['EyeDropper', 'documentPictureInPicture', 'DocumentPictureInPicture', 'queryLocalFonts',
      'showOpenFilePicker', 'showSaveFilePicker', 'showDirectoryPicker', 'SharedWorker'].filter((name) => me.engine !== 'safari' || name !== 'SharedWorker'));
  }

  function chrome() {
    const began = () => performance.timeOrigin / 1000;
    const entry = () => performance.getEntriesByType('navigation')[0] ?? {};
    const at = (ms) => began() + (ms ?? 0) / 1000;
    const chrome = {};
    chrome.loadTimes = native('loadTimes', () => ({
      requestTime: at(0), startLoadTime: at(0), commitLoadTime: at(entry().responseStart),
      finishDocumentLoadTime: at(entry().domContentLoadedEventEnd), finishLoadTime: at(entry().loadEventEnd),
      firstPaintTime: at(performance.getEntriesByName('first-paint')[0]?.startTime), firstPaintAfterLoadTime: 0,
      navigationType: 'Other', wasFetchedViaSpdy: entry().nextHopProtocol === 'h2', wasNpnNegotiated: entry().nextHopProtocol === 'h2',
      npnNegotiatedProtocol: entry().nextHopProtocol === 'h2' ? 'h2' : 'unknown', wasAlternateProtocolAvailable: false,
      connectionInfo: entry().nextHopProtocol ?? 'unknown',
    }));
    chrome.csi = native('csi', () => ({
      onloadT: Math.round(at(entry().domContentLoadedEventEnd) * 1000), startE: Math.round(at(0) * 1000),
      pageT: performance.now(), tran: 15,
    }));
    if (!me.mobile) {
      chrome.app = {
        isInstalled: false,
        getDetails: native('getDetails', () => null), getIsInstalled: native('getIsInstalled', () => false),
        installState: native('installState', (answer) => { answer?.('not_installed'); }), runningState: native('runningState', () => 'cannot_run'),
        InstallState: { DISABLED: 'disabled', INSTALLED: 'installed', NOT_INSTALLED: 'not_installed' },
        RunningState: { CANNOT_RUN: 'cannot_run', READY_TO_RUN: 'ready_to_run', RUNNING: 'running' },
      };
    }
    if (!('chrome' in here)) defineProperty(here, 'chrome', { value: chrome, writable: true, enumerable: true, configurable: false });
  }

  // The five names of the viewer for PDF, which a browser without windows does not have.
  function plugins() {
    if (navigator.plugins.length) return;
    const named = ['PDF Viewer', 'Chrome PDF Viewer', 'Chromium PDF Viewer', 'Microsoft Edge PDF Viewer', 'WebKit built-in PDF'];
    const facts = new WeakMap();
    const make = (Kind, told, items, key) => {
      const made = Object.create(Kind.prototype);
      facts.set(made, { ...told, items, key });
      items?.forEach((item, at) => defineProperty(made, at, { value: item, enumerable: true, configurable: true }));
      items?.forEach((item) => defineProperty(made, facts.get(item)[key], { value: item, configurable: true }));
      return made;
    };
    const types = ['application/pdf', 'text/pdf'].map((type) => make(MimeType, { type, suffixes: 'pdf', description: 'Portable Document Format' }));
    const list = named.map((name) => make(Plugin, { name, filename: 'internal-pdf-viewer', description: 'Portable Document Format' }, types, 'type'));
    types.forEach((type) => { facts.get(type).enabledPlugin = list[0]; });
    const answers = new Map([
      ['plugins', make(PluginArray, {}, list, 'name')],
      ['mimeTypes', make(MimeTypeArray, {}, types, 'type')],
    ]);
    for (const [Kind, names] of [[PluginArray, ['length']], [MimeTypeArray, ['length']],
      [Plugin, ['name', 'filename', 'description', 'length']], [MimeType, ['type', 'suffixes', 'description', 'enabledPlugin']]]) {
      for (const name of names) {
        const known = own(Kind.prototype, name);
        defineProperty(Kind.prototype, name, { ...known, get: inPlaceOf(known.get, (self, _, original) => {
          const made = facts.get(self);
          return made ? (name === 'length' ? made.items.length : made[name]) : original();
        }) });
      }
      if (Kind === MimeType) continue;
      does(Kind.prototype, 'item', (self, [at], original) => (facts.has(self) ? facts.get(self).items[at >>> 0] ?? null : original()));
      does(Kind.prototype, 'namedItem', (self, [name], original) => {
        const made = facts.get(self);
        return made ? made.items.find((item) => facts.get(item)[made.key] === String(name)) ?? null : original();
      });
    }
    does(PluginArray.prototype, 'refresh', (self, _, original) => (facts.has(self) ? undefined : original()));
    for (const [name, answer] of answers) reads(nav, name, () => answer);
    reads(nav, 'pdfViewerEnabled', () => true);
  }

  function safari() {
    reads(nav, 'vendor', () => 'Apple Computer, Inc.');
    // What Safari's navigator has; the rest is Chromium's.
    const kept = ['constructor', 'vendorSub', 'productSub', 'vendor', 'maxTouchPoints', 'userActivation', 'geolocation',
      'mediaCapabilities', 'mediaSession', 'permissions', 'credentials', 'serviceWorker', 'storage', 'locks', 'wakeLock',
      'clipboard', 'mediaDevices', 'share', 'canShare', 'sendBeacon', 'getGamepads', 'plugins', 'mimeTypes',
      'pdfViewerEnabled', 'cookieEnabled', 'webdriver', 'hardwareConcurrency', 'appCodeName', 'appName', 'appVersion',
      'platform', 'product', 'userAgent', 'language', 'languages', 'onLine', 'javaEnabled', 'requestMediaKeySystemAccess', 'gpu'];
    lacks(nav, getOwnPropertyNames(nav).filter((name) => !kept.includes(name)));
    const chromiums = /^(webkit(RequestFileSystem|ResolveLocalFileSystemURL|StorageInfo|MediaStream|Speech|IDB|RTCPeerConnection)|Bluetooth|USB|Serial|HID|NavigatorUAData|NetworkInformation|Battery|Presentation|Keyboard(Layout|$)|VirtualKeyboard|Ink|LaunchQueue|Launch|DocumentPictureInPicture|documentPictureInPicture|BeforeInstallPrompt|onbeforeinstallprompt|onappinstalled|queryLocalFonts|getScreenDetails|show(Open|Save|Directory)|EyeDropper|Sensor|Accelerometer|Gyroscope|LinearAcceleration|AbsoluteOrientation|RelativeOrientation|Magnetometer|AmbientLight|GravitySensor|OrientationSensor|IdleDetector|NDEF|WebTransport(?!$)|Scheduler$|scheduler$|TaskController|TaskSignal|TaskPriority|FeaturePolicy|Fence|SharedStorage|sharedStorage|Topics|Protected|Profiler|PeriodicSync|BackgroundFetch|SyncManager|CookieDeprecation|chrome$|onsearch|openDatabase|External|external|credentialless|originAgentCluster|crashReport|fence|model$|ai$|LanguageModel|Summarizer|Translator|LanguageDetector|CSSPositionTryRule|Subscribe|Viewport$|viewport$|XRSystem|XR)/;
    lacks(here, getOwnPropertyNames(here).filter((name) => chromiums.test(name)));
    if (here.Intl) lacks(Intl, ['v8BreakIterator']);
    if (here.Performance) lacks(Performance.prototype, ['memory', 'measureUserAgentSpecificMemory']);
    if (!inPage) return;
    lacks(here, ['Notification', 'PushManager', 'PushSubscription', 'PushSubscriptionOptions']);
    offers(nav, 'standalone', false);
    // Names by which scripts know Safari; none of them can be made, there or here.
    for (const name of ['ApplePayError', 'CSSPrimitiveValue', 'Counter', 'RGBColor', 'Rect', 'WebKitMediaKeys', 'GestureEvent']) {
      const Kind = { [name]: class { constructor() { throw new TypeError('Illegal constructor'); } } }[name];
      defineProperty(Kind, 'name', { value: name, configurable: true });
      written.set(Kind, `function ${name}() { [native code] }`);
      if (name === 'GestureEvent') setPrototypeOf(Kind.prototype, UIEvent.prototype);
      defineProperty(here, name, { value: Kind, writable: true, enumerable: false, configurable: true });
    }
    for (const name of ['ongesturestart', 'ongesturechange', 'ongestureend']) {
      defineProperty(here, name, { value: null, writable: true, enumerable: true, configurable: true });
    }
  }
})(WHO);
