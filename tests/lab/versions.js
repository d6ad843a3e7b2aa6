// What a host is: its release, and the versions of the programs that vrun lives by there.

/** Asked in this order, a line each. certbot isn't installed: its version is that of the lab's repository. */
const QUESTIONS = {
  system:
    '. /etc/os-release; v=$(cat /etc/debian_version); case $v in [0-9]*) echo "Debian $v";; *) echo "$PRETTY_NAME";; esac',
  sshd: 'dpkg-query -W -f "\\${Version}" openssh-server | sed "s/^[0-9]*:/OpenSSH /; s/-.*//"',
  sudo: 'sudo --version 2>/dev/null | sed -n "1s/Sudo version/sudo/p; 1q"; sudo --version 2>/dev/null | sed -n "1s/^sudo-rs/sudo-rs/p"',
  coreutils: 'stat --version | sed -n "1s/.*(\\(.*\\) coreutils)/\\1/p"',
  systemd: 'systemctl --version | sed -n "1s/.*(\\([^)-]*\\).*/\\1/p"',
  nginx: 'nginx -v 2>&1 | sed "s,.*/,,; s/ .*//"',
  certbot: 'apt-get update -q >/dev/null 2>&1; apt-cache policy certbot | sed -n "s/ *Candidate: \\([^-]*\\).*/\\1/p"',
};

/**
 * @param {(command: string) => Promise<{ stdout: string }>} exec  runs a command on the host as root
 * @returns {Promise<Record<string, string>>}
 */
export async function versionsOn(exec) {
  const found = [];
  for (const [name, question] of Object.entries(QUESTIONS)) found.push([name, (await exec(question)).stdout.trim()]);
  return Object.fromEntries(found);
}
