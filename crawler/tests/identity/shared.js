importScripts('/facts.js');
onconnect = (event) => facts().then((facts) => event.ports[0].postMessage(facts));
