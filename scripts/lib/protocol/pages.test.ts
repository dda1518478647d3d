import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CAPABILITIES } from '#protocol/capabilities.ts'
import { EVENTS } from '#protocol/catalogue.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { describedSchemas, schemaHash } from '#protocol/core/capability.ts'
import { decodeInvite } from '#protocol/core/community.ts'
import { ERROR_CODES } from '#protocol/core/errors.ts'
import { eventContentId, type SignedEvent } from '#protocol/core/event.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import { mismatch } from '#protocol/core/mismatch.ts'
import { requireSignature, type Signed } from '#protocol/core/signing.ts'
import { openToken } from '#protocol/core/token.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { checkFederation } from '#protocol/protocol/federation.ts'
import { checkReport } from '#protocol/protocol/report.ts'
import { makeExamples } from './examples.ts'
import { pagesIn } from './files.ts'
import { sourcesIn } from './load.ts'
import { type Fence, fencesOf, filled, frontmatterOf, linksOf, rulesOf } from './pages.ts'
import { MESSAGES } from './schemas.ts'

const protocol = join(import.meta.dirname, '../../../protocol')
const SPECIFICATION = /^(core|experimental)\//
let pages: Map<string, string>
beforeAll(async () => {
  pages = await pagesIn(protocol)
})

const fences = (): (Fence & { readonly page: string })[] =>
  [...pages].flatMap(([page, text]) => fencesOf(text).map((fence) => ({ ...fence, page })))
const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => Reflect.get(Object(inner), name), value)

describe('the pages', () => {
  it('say which version of the protocol they are about', () => {
    for (const [page, text] of pages) {
      if (!SPECIFICATION.test(page)) continue
      expect(frontmatterOf(text).get('protocol-version'), page).toBe(PROTOCOL_VERSION)
      expect(frontmatterOf(text).get('stability'), page).toMatch(/^(core|stable|experimental)$/)
    }
  })

  it('give each rule one place', () => {
    const rules = [...pages.values()].flatMap(rulesOf).map(({ id }) => id)
    expect(rules.length).toBeGreaterThan(60)
    expect(new Set(rules).size).toBe(rules.length)
  })

  it('are all found from the first one, with the area of each rule', () => {
    const first = pages.get('README.md') ?? ''
    const linked = new Set(linksOf(first))
    const specification = [...pages.keys()].filter((page) => SPECIFICATION.test(page))
    expect(specification.filter((page) => !linked.has(page))).toEqual([])
    const areas = new Set([...pages.values()].flatMap(rulesOf).map(({ id }) => id.split('-')[0]))
    expect([...areas].filter((area) => !first.includes(`\`${area}`))).toEqual([])
  })

  it('name each module that is built, in the changelog and among the implementations', () => {
    const modules = [...pages.keys()].flatMap((page) => /^experimental\/(\d+)-/.exec(page)?.[1] ?? [])
    expect(modules.length).toBeGreaterThan(4)
    for (const page of ['CHANGELOG.md', 'reference-implementations.md'])
      expect(
        modules.filter((number) => !new RegExp(`\\([MX]${number}\\)`).test(pages.get(page) ?? '')),
        page,
      ).toEqual([])
  })

  it('have every rule that the code cites', async () => {
    const known = new Set([...pages.values()].flatMap(rulesOf).map(({ id }) => id))
    const paths = (await Promise.all(['protocol/src', 'workers', 'relay'].map(sourcesIn))).flat()
    const areas = new Set([...known].map((id) => id.split('-')[0]))
    const lost = new Set<string>()
    for (const path of paths) {
      const source = await readFile(path, 'utf8')
      for (const [id] of source.matchAll(/\b[A-Z]{2,5}-\d+\b/g)) if (areas.has(id.split('-')[0]) && !known.has(id)) lost.add(id)
    }
    expect([...lost]).toEqual([])
  })

  it('link to files that are there', async () => {
    for (const [page, text] of pages) {
      for (const target of linksOf(text))
        await expect(access(join(protocol, dirname(page), target)), `${page} → ${target}`).resolves.toBeUndefined()
    }
  })

  it('name only codes that exist', () => {
    const looksLikeCode = /`((?:civdef|ebkh|evidence|protocol|claim|adapter|shard|expert|lora|fedlearn)_[a-z_]+)`/g
    const fields = new Set([...[...pages.values()].join('\n').matchAll(/"([a-z_]+)":/g)].map(([, name]) => name))
    for (const [page, text] of pages) {
      for (const [, name = ''] of text.matchAll(looksLikeCode)) {
        const known = Object.hasOwn(ERROR_CODES, name) || fields.has(name) || /_(id|ids|hash|version|versions|url)$/.test(name)
        expect(known, `${page} ${name}`).toBe(true)
      }
    }
  })
})

describe('the examples on the pages', () => {
  it('are JSON that matches the schema they name', () => {
    const tagged = fences().filter(({ info }) => info.has('schema'))
    expect(tagged.length).toBeGreaterThan(40)
    for (const { page, info, text } of tagged) {
      const name = info.get('schema') ?? ''
      const schema = MESSAGES[name]
      expect(schema, `${page} ${name}`).toBeDefined()
      if (schema) expect(mismatch(schema, JSON.parse(text)), `${page} ${info.get('example')}`).toBeNull()
    }
  })

  it('leave no JSON without a schema or a maker', () => {
    for (const { page, language, info } of fences()) {
      if (language === 'json') expect(info.has('schema') || info.has('example'), page).toBe(true)
    }
  })

  it('are signed by whom they say (ID-4)', async () => {
    const signed = fences().filter(({ info }) => info.has('signed-by'))
    expect(signed.length).toBeGreaterThan(10)
    for (const { page, info, text } of signed) {
      const path = (info.get('signed-by') ?? '').split('.')
      const value: unknown = JSON.parse(text)
      const record = at(value, path.slice(0, -1)) as Signed<object> // a page that is wrong here fails the check
      await expect(requireSignature(String(at(value, path)), record), `${page} ${info.get('example')}`).resolves.toBeUndefined()
    }
  })

  it('are events that a node would take (EVT-4)', async () => {
    const events = fences().filter(({ info }) => info.get('schema') === 'Event')
    for (const { page, info, text } of events) {
      const event: SignedEvent = JSON.parse(text)
      await expect(EVENTS.get(event.event_type)?.check(event), `${page} ${info.get('example')}`).resolves.toBeUndefined()
    }
  })

  it('fit each other: ids, hashes, tokens, links, reports, federation', async () => {
    const examples = await makeExamples()
    const one = (name: string): unknown => JSON.parse(JSON.stringify(examples[name]))
    expect(canonical(one('canonical-value'))).toBe(examples['canonical-text'])
    expect(contentIdOf(one('canonical-value'))).toBe(examples['canonical-hash'])
    expect(eventContentId(one('event-claim') as SignedEvent)).toBe(examples['event-content-id'])
    expect(claimIdOf(one('evidence-claim') as Parameters<typeof claimIdOf>[0])).toBe(examples['evidence-claim-id'])
    expect(await openToken(String(examples.token))).toEqual(one('token-payload'))
    const { token, ...hints } = decodeInvite(String(examples['invite-link']))
    expect(hints).toEqual(one('invite-hints'))
    expect(await openToken(token)).toEqual(one('invite-payload'))
    await checkReport(one('report'))
    expect((await checkFederation(one('federation-manifest'), Date.parse('2026-06-01T00:00:00Z'))).version).toBe(
      PROTOCOL_VERSION,
    )
  })
})

describe('the published contracts', () => {
  it('carry the hash of their own schemas (BUS-1)', async () => {
    for (const capability of CAPABILITIES.values()) {
      const path = join(protocol, 'generated/schemas/capabilities', `${capability.name}.json`)
      const { name, version, request_schema, response_schema, stream_schema, schema_hash } = JSON.parse(
        await readFile(path, 'utf8'),
      )
      expect(contentIdOf({ name, version, request_schema, response_schema, stream_schema }), name).toBe(schema_hash)
      expect(schema_hash).toBe(schemaHash(capability))
      expect(describedSchemas(capability).name).toBe(name)
    }
  })
})

describe('filling a page', () => {
  it('puts examples in place, leaves everything else, and is done after one time', () => {
    const page = 'a\n\n```json schema=X example=one\nold\n```\n\n```text\nkept\n```\n'
    const once = filled(page, () => '{"new": "$&"}')
    expect(once).toBe('a\n\n```json schema=X example=one\n{"new": "$&"}\n```\n\n```text\nkept\n```\n')
    expect(filled(once, () => '{"new": "$&"}')).toBe(once)
    expect(() =>
      filled(page, () => {
        throw new TypeError('no example one')
      }),
    ).toThrow('no example one')
  })
})
