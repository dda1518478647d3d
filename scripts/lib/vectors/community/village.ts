import type { SignedEvent } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import { createLog, FOUNDING, type InviteOptions, inviteToken, type VectorLog } from '../events/make.ts'
import { type People, type Person, ulidOf } from '../seeded.ts'

/** What a vector expects of one person: `<level> <status>` and the name, or nothing where they are none. */
export type Expected = Partial<Record<Person, readonly [level: string, status: string, name?: string]>>

const NAMES: Record<Person, string> = {
  anna: 'Anna',
  bert: 'Bert',
  carla: 'Carla',
  dora: 'Dora',
  emil: 'Emil',
  hub: 'Hub',
  stranger: 'Niemand',
}

/** A community in the making: anna founds it. */
export async function village(all: People) {
  const log = createLog(all.anna.nodeId)
  await log.add(all.anna, 'community.root.founded', FOUNDING)
  const add = (who: Person, type: string, data: object, change?: Parameters<VectorLog['add']>[3]) =>
    log.add(all[who], `community.${type}`, data, change)
  return {
    log,
    add,
    async join(who: Person, options: InviteOptions & { readonly by?: Person } = {}): Promise<SignedEvent> {
      const { by = 'anna', label = `for ${who}`, ...rest } = options
      const invite = await inviteToken(all[by], all.anna.nodeId, { label, ...rest })
      return add(who, 'member.joined', { invite, display_name: NAMES[who] })
    },
    rename: (who: Person, display_name: string, change?: Parameters<VectorLog['add']>[3]) =>
      add(who, 'member.renamed', { display_name }, change),
    promote: (by: Person, who: Person, level: string) => add(by, 'member.promoted', { subject: all[who].nodeId, level }),
    /** @param last_valid the ends of what stays; what is held of the subject now unless given */
    revoke: (by: Person, who: Person, last_valid: readonly ContentId[] = log.tip(all[who].nodeId)) =>
      add(by, 'revocation.signed', {
        revocation: { revocation_id: ulidOf(`revoke ${who}`), subject: all[who].nodeId, last_valid, reason: '' },
      }),
    demote: (by: Person, who: Person) =>
      add(by, 'demotion.signed', { demotion_id: ulidOf(`demote ${who}`), subject: all[who].nodeId }),
  }
}
type Village = Awaited<ReturnType<typeof village>>

export interface Story {
  readonly name: string
  readonly comment: string
  readonly rule?: string
  readonly tell: (village: Village) => Promise<Expected>
  readonly policy?: object
}

export const ANNA = ['anchor', 'active', 'Anna'] as const
export const member = (name: string) => ['member', 'active', name] as const
export const trusted = (name: string) => ['trusted', 'active', name] as const
