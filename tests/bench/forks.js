/** Hosts at work at the same time, for all sides that have such a limit. */
export const FORKS = 50;
