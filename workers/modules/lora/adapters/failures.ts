import { HearthError } from '#protocol/core/errors.ts'
import { type RadioSettings, STICK_PROBLEMS, type StickProblem } from '#protocol/lora/records.ts'

/** The stick is not what the adapter expects, or does not take what it is told (LOR-6). */
export const unsupported = (problem: StickProblem, message: string, data: Record<string, string | number> = {}): HearthError =>
  new HearthError('lora_hardware_unsupported', message, { data: { problem, ...data } })

/** A setting was echoed with another value than it was given. */
export const wrongEcho = (
  setting: keyof RadioSettings | 'radio' | 'mode' | 'airtime',
  wanted: number,
  told: number,
): HearthError =>
  unsupported('wrong_settings', `the stick took ${told} as ${setting}, not ${wanted}`, { setting, wanted, told })

/** Silence while being initialised: another firmware, or none. */
export function silentIs(
  problem: 'no_answer' | 'wrong_firmware' | 'wrong_settings',
  firmware: string,
): (error: unknown) => never {
  return (error) => {
    if (error instanceof HearthError && error.code === 'timeout') throw unsupported(problem, `nothing answers as ${firmware}`)
    throw error
  }
}

export const sendFailed = (reason: string): HearthError =>
  new HearthError('lora_hardware_unavailable', `the stick did not send: ${reason}`, { data: { reason } })

/** What `unsupported` was told, from an error that came a long way. */
export function problemOf({ data }: HearthError): StickProblem | undefined {
  if (typeof data !== 'object' || data === null || !('problem' in data)) return undefined
  return STICK_PROBLEMS.find((problem) => problem === data.problem)
}
