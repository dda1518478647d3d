import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { ebkhSync } from '#protocol/evidence/capabilities.ts'
import * as desk from '#protocol/evidence/desk-capabilities.ts'
import {
  claimAsserted,
  draftsChanged,
  ebkhSynced,
  listsChanged,
  quarantineChanged,
  sampleChanged,
} from '#protocol/evidence/events.ts'
import type { Voice } from '#protocol/evidence/records.ts'
import type { FakeClient } from './fake-client.ts'
import { type Community, claimIdFor, contentIdFor, nodeIdFor, SIGNATURE, timeAt, ulidFor } from './village.ts'

interface DeskOptions {
  readonly need: () => void
  readonly rank: (opinions: ReadonlyMap<NodeId, Voice['opinion']>) => void
  readonly village: Community
}

const HUB = nodeIdFor('hub of a county')
const SAMPLE_SUBJECTS = ['Hochwasserpegel Niers', 'Notstrom am Bauhof', 'Feuerwehrhaus Sevelen']

const page = (excerpt: string) => ({
  source_id: 'url:https://www.issum.de/rathaus/oeffnungszeiten',
  accessed_at: timeAt(1),
  excerpt,
})

const proposed = (): readonly desk.Draft[] => [
  {
    draft_id: ulidFor(301),
    statement: {
      subject: 'Rathaus Issum',
      predicate: 'ist geöffnet',
      object: 'montags bis freitags von 8 bis 12 Uhr',
      sources: [page('Mo. bis Fr. 8.00 bis 12.00 Uhr')],
      confidence: 0.75,
      derived_from: [],
    },
    pattern: 'opening-hours',
    content_id: contentIdFor('page fetched'),
    proposed_at: timeAt(1),
  },
  {
    draft_id: ulidFor(302),
    statement: {
      subject: 'Brunnen am \u202EMarkt\u202C',
      predicate: 'hat',
      object: 'Handpumpe',
      sources: [],
      confidence: 0.4,
      derived_from: [],
    },
    pattern: 'person',
    content_id: null,
    proposed_at: timeAt(2),
  },
]

const fetched = (): readonly desk.Quarantined[] =>
  ['Pegelstand der Issumer Fleuth', 'Notbrunnen Kapellen', 'Sirene Sevelen'].map((subject, at) => ({
    claim_id: claimIdFor(`hub ${at}`),
    claim: {
      subject,
      predicate: at === 0 ? 'beträgt' : 'liegt bei',
      object: at === 0 ? '1,42 m, Vorwarnstufe 1' : `Dorfstraße ${at}`,
      asserted_by: HUB,
      asserted_at: timeAt(3),
      sources: [{ source_id: `ebkh:kreis-kleve/${at}`, accessed_at: timeAt(3) }],
      confidence: 0.9,
      derived_from: [],
      signature: SIGNATURE,
    },
    from: HUB,
    via: 'https://wissen.kreis-kleve.example/rpc',
    received_at: timeAt(0),
  }))

function answerDrafts(client: FakeClient, need: () => void): void {
  let drafts = proposed()
  const drop = (id: string): void => {
    if (!drafts.some(({ draft_id }) => draft_id === id)) throw new HearthError('bad_request', 'no such draft')
    drafts = drafts.filter(({ draft_id }) => draft_id !== id)
    client.emit(draftsChanged)
  }
  client.answer(desk.draftList, () => {
    need()
    return { drafts: [...drafts] }
  })
  client.answer(desk.draftSave, ({ statement }) => {
    const draft_id = ulidFor(400 + drafts.length)
    drafts = [{ draft_id, statement, pattern: 'person', content_id: null, proposed_at: new Date().toISOString() }, ...drafts]
    client.emit(draftsChanged)
    return { draft_id }
  })
  client.answer(desk.draftSign, ({ draft_id }) => {
    drop(draft_id)
    client.emit(claimAsserted)
    return { claim_id: claimIdFor('claim 0'), content_id: contentIdFor('claim 0'), advisories: [] }
  })
  client.answer(desk.draftDiscard, ({ draft_id }) => {
    drop(draft_id)
    return {}
  })
  client.answer(desk.fileImport, () => {
    client.emit(quarantineChanged, draftsChanged)
    return { quarantined: 2, drafts: 1, known: 4, refused: 1 }
  })
  client.answer(desk.proofExport, ({ format }) => ({
    file_name: `nachweis.${format === 'proof' ? 'json' : format}`,
    media_type: 'application/json',
    text: '{}',
  }))
}

function answerHub(client: FakeClient, need: () => void): void {
  let items = fetched()
  let hub: Output<typeof desk.ebkhGet> = {
    endpoint: '',
    hub: null,
    token_expires_at: null,
    quarantined: 3,
    admit: 'ask',
    last: null,
  }
  const settle = (ids: readonly string[]): number => {
    const before = items.length
    items = items.filter(({ claim_id }) => !ids.includes(claim_id))
    client.emit(quarantineChanged, claimAsserted)
    return before - items.length
  }
  client.answer(desk.quarantineList, ({ limit }) => {
    need()
    return { items: items.slice(0, limit), total: items.length, next: null }
  })
  client.answer(desk.quarantineAdmit, ({ claim_ids }) => ({ admitted: settle(claim_ids) }))
  client.answer(desk.quarantineReject, ({ claim_ids }) => ({ rejected: settle(claim_ids) }))
  client.answer(desk.ebkhGet, () => {
    need()
    return { ...hub, quarantined: items.length }
  })
  client.answer(desk.ebkhConnect, ({ endpoint }) => {
    hub = { ...hub, endpoint, hub: endpoint === '' ? null : HUB, token_expires_at: endpoint === '' ? null : timeAt(-90) }
    client.emit(ebkhSynced)
    return {}
  })
  client.answer(desk.ebkhAdmission, ({ admit }) => {
    hub = { ...hub, admit }
    client.emit(quarantineChanged)
    return {}
  })
  client.answer(desk.ebkhPull, () => ({ pulled: 2, known: 1, refused: 0, partial: false, reason: null }))
  client.answer(ebkhSync, ({ direction }) => {
    const report = { pulled: 12, pushed: 3, refused: 1, partial: true, reason: 'the hub closed the connection' }
    hub = { ...hub, last: { at: new Date().toISOString(), ...report } }
    client.emit(ebkhSynced)
    return { direction, ...report }
  })
}

/** What lies on Anna's desk: drafts, what a hub sent, her own lists and the sample set. */
export function answerDesk(client: FakeClient, { need, rank, village }: DeskOptions): void {
  answerDrafts(client, need)
  answerHub(client, need)
  let lists: Output<typeof desk.listsGet> = { allowed: [], blocked: village.members.slice(3, 4).map(({ node_id }) => node_id) }
  client.answer(desk.listsGet, () => {
    need()
    return lists
  })
  client.answer(desk.listsSet, (next) => {
    lists = next
    rank(
      new Map([...next.allowed.map((id) => [id, 'allowed'] as const), ...next.blocked.map((id) => [id, 'blocked'] as const)]),
    )
    client.emit(listsChanged)
    return {}
  })
  let loaded = false
  const sample = () => ({ subjects: loaded ? SAMPLE_SUBJECTS : [], claims: loaded ? 34 : 0 })
  const set = (next: boolean): void => {
    loaded = next
    client.emit(sampleChanged)
  }
  client.answer(desk.sampleGet, () => {
    need()
    return { loaded, ...sample() }
  })
  client.answer(desk.sampleLoad, () => {
    set(true)
    return sample()
  })
  client.answer(desk.sampleRemove, () => {
    set(false)
    return {}
  })
}
