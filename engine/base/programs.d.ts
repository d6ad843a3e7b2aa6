// Programs for hosts, which the build brings in from files of their own (build-programs.js). An awk or JavaScript program is a
// word for `sh`; a shell program is a Script, whose parameters are shell variables that are set before it.

declare module '*.awk' {
  const program: string;
  export default program;
}

declare module '*.cjs' {
  const program: string;
  export default program;
}

declare module '*.sh' {
  const script: import('./script.ts').Script;
  export default script;
}
