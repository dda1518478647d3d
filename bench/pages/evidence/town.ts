import { type ClaimId, wireTime } from '#protocol/core/ids.ts'
import type { AttestationRole, Source } from '#protocol/evidence/events.ts'
import type { VerifiedEvent } from '../../../workers/kernel/log/verify.ts'
import { createScene, member, person, SCENE_START } from '../../../workers/modules/evidence/testing/scene.ts'

const PEOPLE = 100
const SUBJECTS_OF = 20
export const PREDICATES = 40
const PAGES = 2000
const DAY_MS = 86_400_000
const ROLES: readonly AttestationRole[] = ['first-hand witness', 'official record holder', 'expert']

export const members = Array.from({ length: PEOPLE }, (_, at) => member(person(at)))

export const subjectOf = (at: number): string => `Haus ${at} an der ${['Linden', 'Markt', 'Mühlen', 'Kirch'][at % 4]}straße`
export const pageOf = (at: number): string => `url:https://gemeinde.example/seite/${at % PAGES}`

const source = (at: number): Source => ({ source_id: pageOf(at), accessed_at: wireTime(SCENE_START) })

/**
 * What a town could have said in some years: twenty claims on each subject by a hundred people, most with a source, chains of
 * ten, a fifth attested, one in fifty disputed, one in ten stale. The events carry no signatures: nobody looks at them here.
 */
export function writeTown(claims: number): readonly VerifiedEvent[] {
  const scene = createScene()
  let last: ClaimId | null = null
  for (let at = 0; at < claims; at++) {
    const by = person((at * 7) % PEOPLE)
    const parents: ClaimId[] = last && at % 10 !== 0 ? [last] : []
    last = scene.assert(by, {
      subject: subjectOf(Math.trunc(at / SUBJECTS_OF)),
      predicate: `Eigenschaft ${at % PREDICATES}`,
      object: `Angabe ${at % 5000} vom ${at % 28}.`,
      asserted_at: wireTime(SCENE_START - (at % 400) * DAY_MS),
      sources: Array.from({ length: at % 4 }, (_, n) => source(at * 3 + n)),
      derived_from: parents,
    })
    if (at % 5 === 0) scene.attest(person((at * 7 + 1) % PEOPLE), last, ROLES[at % 3])
    if (at % 50 === 0) scene.dispute(person((at * 7 + 2) % PEOPLE), last)
  }
  return scene.events
}
