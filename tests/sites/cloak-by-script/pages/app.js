(function () {
  var phone = navigator.maxTouchPoints > 0 || 'ontouchstart' in window;
  var bot = navigator.webdriver || /bot|spider|headless/i.test(navigator.userAgent);
  if (phone && !bot && Math.min(screen.width, screen.height) < 600) {
    location.replace('http://h5.qd-caiyin.test/r/5?ch=' + (location.search.slice(1, 8) || '0'));
  }
})();
