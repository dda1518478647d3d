import type { Output } from '#protocol/core/capability.ts'
import type { loraStatus } from '#protocol/lora/capabilities.ts'

export type LoraStatus = Output<typeof loraStatus>
export type OwnPanic = NonNullable<LoraStatus['panic']>

/** The call that a person made on this device; an alert that the next beacon passes on is none. */
export const ownCall = ({ panic }: Pick<LoraStatus, 'panic'>): OwnPanic | null => (panic?.cause === 'person' ? panic : null)
