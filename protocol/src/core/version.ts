/** The protocol version this tree implements; `protocol/VERSION` says the same and a test compares them. */
export const PROTOCOL_VERSION = '3.0.0-experimental'

/** A version of the protocol (semver with a suffix). */
export interface ProtocolVersion {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly suffix: string
}
