// `ansible_ssh_common_args`: the few options of ssh that have a meaning here, taken from its command line.
import { splitShlex } from '../python/shlex.ts';

export interface SshArguments {
  /** `-J` or `-o ProxyJump=`; `none` is for no host between. */
  readonly jump: string | undefined;
  /** `-o UserKnownHostsFile=`. */
  readonly knownHosts: readonly string[];
  readonly faults: readonly { readonly summary: string; readonly hint: string }[];
}

/** What else is found in inventories, and what stands for it here. */
const INSTEAD: Readonly<Record<string, string>> = {
  stricthostkeychecking: 'Host keys are always checked. Pin them once:\n    vrun trust -i INVENTORY',
  proxycommand: 'Name the host between with -J or -o ProxyJump=user@host:port.',
  controlmaster: 'Remove it: vrun logs in once and keeps that connection.',
  controlpersist: 'Remove it: vrun logs in once and keeps that connection.',
  controlpath: 'Remove it: vrun logs in once and keeps that connection.',
  port: 'Set ansible_port.',
  user: 'Set ansible_user.',
  identityfile: 'Set ansible_ssh_private_key_file.',
  connecttimeout: 'Set connect_timeout (seconds).',
  hostname: 'Set ansible_host.',
  forwardagent: 'The agent is never forwarded.',
};

const LETTERS: Readonly<Record<string, string>> = { p: 'port', l: 'user', i: 'identityfile', A: 'forwardagent' };

/** Reads the arguments as a shell would split them. Source: ssh(1) and ssh_config(5). */
export function readSshArguments(text: string): SshArguments {
  let jump: string | undefined;
  const knownHosts: string[] = [];
  const faults: { summary: string; hint: string }[] = [];
  const { words, unclosed } = splitShlex(text, { comments: false });
  if (unclosed !== undefined) {
    const fault = { summary: 'A quote is never closed', hint: 'Close it, or escape it with a backslash.' };
    return { jump, knownHosts, faults: [fault] };
  }
  const rest = words.map((word) => word.text);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const letter = /^-[Jo]/.test(word) ? word.charAt(1) : undefined;
    const argument = letter === undefined ? undefined : word.length > 2 ? word.slice(2) : rest.shift();
    if (letter === undefined) {
      const name = LETTERS[word.charAt(1)] ?? '';
      faults.push(notRead(word, INSTEAD[name]));
    } else if (argument === undefined || argument === '') {
      faults.push({ summary: `‹${word}› is missing its argument`, hint: 'Write -J user@host:port or -o Name=value.' });
    } else if (letter === 'J') {
      jump = argument;
    } else {
      const [, name = '', value = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)?(.*)$/s.exec(argument) ?? [];
      const option = name.toLowerCase();
      if (option === 'proxyjump') jump = value;
      else if (option === 'userknownhostsfile') knownHosts.push(...fileNames(value));
      else if (option !== 'stricthostkeychecking' || value.toLowerCase() !== 'yes') {
        const through = hostBehind(value);
        const instead = option === 'proxycommand' && through ? `Write: -J ${through}` : INSTEAD[option];
        faults.push(notRead(`-o ${name}`, instead));
      }
    }
  }
  return { jump, knownHosts, faults };
}

/** The host of `ssh -W %h:%p host`. */
function hostBehind(command: string): string | undefined {
  const words = command.trim().split(/\s+/);
  const forward = words.indexOf('-W');
  return words[0] === 'ssh' && forward > 0 && forward + 2 < words.length ? words.at(-1) : undefined;
}

function fileNames(value: string): readonly string[] {
  return splitShlex(value, { comments: false }).words.map((word) => word.text);
}

function notRead(option: string, instead: string | undefined): { summary: string; hint: string } {
  return {
    summary: `The ssh option ‹${option}› isn’t read here`,
    hint: instead ?? 'Read are -J, -o ProxyJump and -o UserKnownHostsFile; put others into ~/.ssh/config.',
  };
}
