// Where something acts, and as whom.

/** Who runs a script: the login user (`undefined`) or somebody else by name, on the host or the controller. */
export interface ActsAs {
  readonly on: 'host' | 'controller';
  readonly user: string | undefined;
  /** The host that acts instead of the task's own, by name. */
  readonly delegate?: string | undefined;
}

/** Who runs a task that says nothing of `become`; `own`: what the inventory says of it. */
export interface BecomeDefaults {
  readonly on: boolean;
  readonly user: string;
  readonly own?: boolean | undefined;
}
