// Time that this process has computed: the same however busy the machine is, so tests can hold it.

/** Milliseconds of processor time, of all threads, since the process began. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
