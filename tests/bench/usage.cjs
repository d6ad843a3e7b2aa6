// Writes what a process has used of this machine, at its end: loaded before the program that is measured.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.VRUN_BENCH_USAGE, JSON.stringify(process.resourceUsage())));
