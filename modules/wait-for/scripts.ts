// Looking whether a port is open or a path is there, once and until it is, with what a host has for it.
import { lines, type Script, sh } from '../../engine/base/script.ts';

/** What is waited for. */
export type Awaited =
  | { readonly kind: 'port'; readonly host: string; readonly port: number }
  | { readonly kind: 'path'; readonly path: string };

/** Seconds that one attempt to connect may take. */
const CONNECT = 5;

/** Prints `yes`, `no`, or `none` where nothing on the host can tell. */
export function lookScript(awaited: Awaited): Script {
  return lines(lookFunction(awaited), sh`look; case $? in 0) echo yes ;; 1) echo no ;; *) echo none ;; esac`);
}

/** Ends once it is there (or, with `gone`, isn't), and after `seconds` at the latest. */
export function waitScript(awaited: Awaited, gone: boolean, seconds: number): Script {
  return lines(
    lookFunction(awaited),
    // The time since the boot: nobody sets that clock.
    sh`now() { IFS=' .' read -r t _ </proc/uptime; }`,
    sh`now; e=$((t + ${seconds}))`,
    sh`while :; do look; [ $? -ne ${gone ? 1 : 0} ] || exit 0; now; [ "$t" -lt "$e" ] || exit 0; sleep 1; done`,
  );
}

/** Status 0, 1, or 2 where nothing can tell. */
function lookFunction(awaited: Awaited): Script {
  if (awaited.kind === 'path') return sh`look() { [ -e ${awaited.path} ]; }`;
  const { host, port } = awaited;
  const listening = listeningPattern(host, port);
  return listening === undefined ? connecting(host, port) : sh`look() { ${table(listening)}; }`;
}

/** The kernel's own table, proc_net(5): nobody is called, so that a service isn't bothered. */
function table(pattern: string): Script {
  return sh`[ -r /proc/net/tcp ] || return 2; cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -Eq ${pattern} || return 1`;
}

/** bash is on every Debian, curl or a nc on most others. A name that isn't known, or an address that doesn't answer, is not open. */
function connecting(host: string, port: number): Script {
  const url = `telnet://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return lines(
    sh`look() {`,
    sh`if command -v bash >/dev/null; then timeout ${CONNECT} bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash ${host} ${port} 2>/dev/null || return 1`,
    sh`elif command -v curl >/dev/null; then`,
    sh`case $(curl -q -s -o /dev/null -w '%{time_connect}' --connect-timeout ${CONNECT} -m ${CONNECT + 1} ${url} </dev/null) in *[1-9]*) ;; *) return 1 ;; esac`,
    // BusyBox's doesn't know -z, and what is connected to may say nothing and stay.
    sh`elif command -v nc >/dev/null; then nc -z -w ${CONNECT} ${host} ${port} >/dev/null 2>&1 && return`,
    sh`timeout ${CONNECT + 2} nc -w ${CONNECT} ${host} ${port} >/dev/null 2>&1 </dev/null; case $? in 0|124|143) ;; *) return 1;; esac`,
    sh`else return 2; fi; }`,
  );
}

/** Rows of sockets that listen (state 0A) where a connection to this address of the host itself would arrive. */
function listeningPattern(host: string, port: number): string | undefined {
  const four = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host === 'localhost' ? '127.0.0.1' : host);
  const six = host === '::1' || host === 'localhost';
  if (!four && !six) return undefined;
  const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0');
  const any = '0{8}';
  const places = [`${any}`, `${any}${any}${any}${any}`];
  if (four) {
    // Four bytes as one number in the machine's own order, hence both.
    const bytes = [127, ...four.slice(1).map(Number)].map((byte) => hex(byte, 2));
    for (const word of [bytes.toReversed().join(''), bytes.join('')]) {
      places.push(word, `${any}${any}(FFFF0000|0000FFFF)${word}`);
    }
  }
  if (six) places.push(`${any}${any}${any}(01000000|00000001)`);
  return `^ *[0-9]+: (${places.join('|')}):${hex(port, 4)} [0-9A-F:]+ 0A `;
}
