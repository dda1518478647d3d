import { type ClaimDraft, EMPTY_DRAFT, emptySource } from './claim-form.ts'
import { claimIdIn } from './paths.ts'
import { term, webAddress } from './terms.ts'

const ADDRESS = /https?:\/\/\S+/i

/**
 * A draft from what another app shared (`title`, `text`, `url`, as the Web Share Target API sends them) or from a link
 * inside this one (`subject`, `predicate`, `parent`). Phones often put the address into the text.
 */
export function draftFromQuery(query: URLSearchParams): ClaimDraft {
  const text = query.get('text') ?? ''
  const found = webAddress(query.get('url') ?? '') ?? webAddress(ADDRESS.exec(text)?.[0] ?? '')
  const parent = claimIdIn(query.get('parent'))
  return {
    ...EMPTY_DRAFT,
    parents: parent === null ? [] : [parent],
    subject: term(query.get('subject') ?? query.get('title') ?? '').slice(0, 512),
    predicate: term(query.get('predicate') ?? '').slice(0, 512),
    object: text.replace(ADDRESS, '').trim().slice(0, 4096),
    sources: found === null ? [] : [{ ...emptySource(0, 'url'), url: found }],
  }
}
