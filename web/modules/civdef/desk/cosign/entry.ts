import type { cosignList } from '#protocol/civdef/desk-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'

/** A request to this person or by this person. */
export type Entry = Output<typeof cosignList>['requests'][number]
