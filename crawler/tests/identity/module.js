import '/facts.js';
facts().then((facts) => postMessage(facts));
