import { draftDiscard, draftList, draftSave, type KeptDraft, KeptDraftSchema } from '#protocol/civdef/desk-capabilities.ts'
import { draftsChanged } from '#protocol/civdef/events.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import { createTurn } from '../../../kernel/turn.ts'

/** Drafts on one desk at most; the oldest goes. */
const MAX_DRAFTS = 50

/** Alerts that nobody has signed yet. They are this device's own and go nowhere. */
export async function serveDrafts({
  bus,
  runtime,
  shelf,
  notify,
}: Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify'>): Promise<(() => void)[]> {
  const drawer = await shelf.open('civdef.drafts', Type.Array(KeptDraftSchema, { maxItems: MAX_DRAFTS }), [])
  const inTurn = createTurn()
  const without = (id: KeptDraft['draft_id']): KeptDraft[] => drawer.get().filter(({ draft_id }) => draft_id !== id)

  return [
    bus.handle(draftList, async () => ({ drafts: [...drawer.get()] })),

    bus.handle(draftSave, async ({ draft_id = runtime.ulid(), draft }) => {
      const kept = { draft_id, draft, saved_at: wireTime(runtime.now()) }
      await inTurn(() => drawer.set([kept, ...without(draft_id)].slice(0, MAX_DRAFTS)))
      notify(draftsChanged)
      return { draft_id }
    }),

    bus.handle(draftDiscard, async ({ draft_id }) => {
      await inTurn(async () => {
        const rest = without(draft_id)
        if (rest.length === drawer.get().length) throw new HearthError('not_found', 'no draft of that id is kept here')
        await drawer.set(rest)
      })
      notify(draftsChanged)
      return {}
    }),
  ]
}
