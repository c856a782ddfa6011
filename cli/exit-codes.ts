/** What a command ends with; README.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong use, or a configuration with mistakes. */
  usage: 2,
  /** Another backup holds the lock. */
  lockHeld: 3,
  interrupted: 130,
} as const;
