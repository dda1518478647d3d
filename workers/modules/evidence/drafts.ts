import type { Static } from '@sinclair/typebox'
import { HearthError } from '#protocol/core/errors.ts'
import { type ContentId, type Ulid, wireTime } from '#protocol/core/ids.ts'
import { ContentIdSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { EVIDENCE_MAX_KEPT } from '#protocol/evidence/constants.ts'
import { type Draft, DraftSchema, draftDiscard, draftList, draftSave, draftSign } from '#protocol/evidence/desk-capabilities.ts'
import { draftsChanged } from '#protocol/evidence/events.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Pen, Statement } from './authoring.ts'

const InboxSchema = Strict({
  /** Newest first. */
  drafts: Type.Array(DraftSchema),
  /** Events that drafts were taken from, newest first: a draft that was discarded is not proposed again. */
  seen: Type.Array(ContentIdSchema),
})
type Inbox = Static<typeof InboxSchema>

export interface Proposal {
  readonly statement: Statement
  readonly pattern: string
  readonly content_id: ContentId | null
}

/** Claims nobody has signed yet, on this device only (EVI-9). */
export interface Drafts {
  propose(proposals: readonly Proposal[]): Promise<readonly Ulid[]>
  hasSeen(content: ContentId): boolean
}

type Deps = Pick<ModuleDeps, 'bus' | 'runtime' | 'shelf' | 'notify'> & { readonly pen: Pen }

export async function serveDrafts({
  bus,
  runtime,
  shelf,
  notify,
  pen,
}: Deps): Promise<{ readonly drafts: Drafts; readonly withdraw: (() => void)[] }> {
  const drawer = await shelf.open('evidence.drafts', InboxSchema, { drafts: [], seen: [] })

  async function keep(inbox: Inbox): Promise<void> {
    await drawer.set({
      drafts: inbox.drafts.slice(0, EVIDENCE_MAX_KEPT),
      seen: [...new Set(inbox.seen)].slice(0, EVIDENCE_MAX_KEPT),
    })
    notify(draftsChanged)
  }

  function need(draftId: Ulid): Draft {
    const draft = drawer.get().drafts.find(({ draft_id }) => draft_id === draftId)
    if (!draft) throw new HearthError('not_found', 'no draft of that id', { data: { field: '/draft_id' } })
    return draft
  }

  async function drop(draftId: Ulid): Promise<void> {
    const { drafts, seen } = drawer.get()
    await keep({ drafts: drafts.filter(({ draft_id }) => draft_id !== draftId), seen })
  }

  async function propose(proposals: readonly Proposal[]): Promise<readonly Ulid[]> {
    const fresh = proposals.map(
      (proposal): Draft => ({
        ...proposal,
        draft_id: runtime.ulid(),
        proposed_at: wireTime(runtime.now()),
      }),
    )
    const { drafts, seen } = drawer.get()
    const from = fresh.flatMap(({ content_id }) => content_id ?? [])
    await keep({ drafts: [...fresh.toReversed(), ...drafts], seen: [...from, ...seen] })
    return fresh.map(({ draft_id }) => draft_id)
  }

  return {
    drafts: {
      propose,
      hasSeen: (content) => drawer.get().seen.includes(content),
    },
    withdraw: [
      bus.handle(draftList, async () => ({ drafts: drawer.get().drafts })),
      bus.handle(draftSave, async ({ statement }) => {
        const [draft_id] = await propose([{ statement, pattern: 'person', content_id: null }])
        if (!draft_id) throw new TypeError('one proposal makes one draft')
        return { draft_id }
      }),
      bus.handle(draftSign, async ({ draft_id, statement }) => {
        const draft = need(draft_id)
        const said = await pen.assert(statement ?? draft.statement)
        await drop(draft_id)
        return said
      }),
      bus.handle(draftDiscard, async ({ draft_id }) => {
        need(draft_id)
        await drop(draft_id)
        return {}
      }),
    ],
  }
}
