// Prints the names of the scripts that package.json has. npm itself has `env`, and `start` where there is a server.js.
'use strict';

const fs = require('node:fs');

const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
const own = fs.existsSync('server.js') ? ['env', 'start'] : ['env'];
console.log(JSON.stringify({ scripts: [...Object.keys(scripts ?? {}), ...own] }));
