// The connection variables: every name that they go by, ours and Ansible's, strongest first.

/** A name that Ansible knows counts wherever it is set; a plain one only in the inventory, for `port` may be anything. */
export const CONNECTION_NAMES = {
  host: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  identity_file: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  connection: ['ansible_connection'],
  become: ['ansible_become'],
  become_user: ['ansible_become_user'],
  become_password: ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'],
  jump: [],
  known_hosts: [],
  connect_timeout: ['ansible_ssh_timeout', 'ansible_timeout'],
  ssh_common_args: ['ansible_ssh_common_args'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ConnectionName = keyof typeof CONNECTION_NAMES;

/** Variables that steer Ansible's connection and nothing here: each with what to do instead. */
export const NOT_READ: Readonly<Record<string, string>> = {
  ansible_password: 'Logins are by key: ssh-copy-id puts yours on the host.',
  ansible_ssh_pass: 'Logins are by key: ssh-copy-id puts yours on the host.',
  ansible_ssh_password: 'Logins are by key: ssh-copy-id puts yours on the host.',
  ansible_ssh_extra_args: 'Put the option into ~/.ssh/config, or into ansible_ssh_common_args if it is -J.',
  ansible_ssh_args: 'Put the option into ~/.ssh/config, or into ansible_ssh_common_args if it is -J.',
  ansible_ssh_executable: 'Use ansible_connection: openssh for the stock client.',
  ansible_become_exe: 'vrun calls sudo from the PATH.',
  ansible_become_flags: 'Put what sudo needs into sudoers.',
  ansible_shell_executable: 'Scripts run in the login shell, which must be a POSIX shell, or in root’s.',
  ansible_host_key_checking: 'Host keys are always checked. Pin them once:\n    vrun trust -i INVENTORY',
  ansible_ssh_host_key_checking: 'Host keys are always checked. Pin them once:\n    vrun trust -i INVENTORY',
};

/** True for the variables that hold a password, those included that only Ansible reads. */
export function isPassword(name: string): boolean {
  const known: readonly string[] = [...CONNECTION_NAMES.become_password, 'become_password', ...Object.keys(NOT_READ)];
  return known.includes(name) && /pass(?:word)?$/.test(name);
}
