importScripts('/facts.js');
facts().then((facts) => postMessage(facts));
