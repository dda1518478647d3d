import type { Runtime } from '../../kernel/runtime.ts'
import type { Antenna, HeardFrame } from './ether.ts'

/** What a firmware has around it. */
export interface FirmwareSetup {
  readonly runtime: Runtime
  /** Puts its antenna up. */
  join(onHeard: (frame: HeardFrame) => void): Antenna
  /** Says bytes to the host. */
  say(bytes: Uint8Array): void
  readonly faults?: FirmwareFaults
}

/** How a firmware can fail a host. */
export interface FirmwareFaults {
  /** Answers nothing. */
  readonly mute?: boolean
  /** Answers this command with another value than it was told. */
  readonly wrongEcho?: number
  /** A command that it does not know, and says nothing about; RNode alone. */
  readonly unknownCommand?: number
  /** Share of an hour that it lets itself send, where it has such a rule. */
  readonly dutyCycle?: number
}
