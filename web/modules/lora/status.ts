import type { Output } from '#protocol/core/capability.ts'
import type { loraStatus } from '#protocol/lora/capabilities.ts'

export type LoraStatus = Output<typeof loraStatus>
export type OwnPanic = NonNullable<LoraStatus['panic']>
