import { describe, expect, it } from 'vitest'
import type { Alert } from '#protocol/civdef/alert.ts'
import { AlertDraftSchema } from '#protocol/civdef/capabilities.ts'
import { type CertId, isPlain } from '#protocol/civdef/terms.ts'
import { matches } from '#protocol/core/schema.ts'
import { claimIdFor, nodeIdFor, SIGNATURE, ulidFor } from '../../../../testing/village.ts'
import {
  type AlertForm,
  draftOf,
  draftOfContent,
  emptyForm,
  faultsOf,
  fieldOf,
  formOfDraft,
  formOfUpdate,
  linesOf,
  underCertificate,
  withTemplate,
} from './form.ts'
import { BLANK, TEMPLATES } from './templates.ts'

const NOW = Date.UTC(2026, 4, 26, 8)
const CERT = claimIdFor('cert') as string as CertId // both are 52 letters of base32
const CERTIFICATE = {
  cert_id: CERT,
  holder: nodeIdFor('Anna'),
  role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
  region: 'DE.NRW.Kleve.Issum',
  issuer: nodeIdFor('Kreis'),
  issuer_chain: [],
  issued_at: '2026-01-01T00:00:00Z',
  expires_at: '2027-01-01T00:00:00Z',
  scopes: ['alert.publish' as const],
  title: 'Zugführung Issum',
  signature: SIGNATURE,
}
let given = 100
const fresh = () => ulidFor(given++)
const written = (change: Partial<AlertForm> = {}): AlertForm => ({
  ...underCertificate({ ...emptyForm(fresh), alert_id: ulidFor(1) }, CERTIFICATE),
  severity: 'warning',
  de: { title: 'Hochwasser', body: 'Der Pegel steigt.', instructions: 'Keller meiden\n\n- Hund mitnehmen' },
  ...change,
})

describe('what is typed becomes a draft', () => {
  it('has the words in their one form, whatever was pasted', () => {
    const draft = draftOf(
      written({ de: { title: '  Hoch\u202Ewasser\t\u0007', body: 'a\r\nb\u0000', instructions: ' - eins \r\n\r\n• zwei' } }),
      NOW,
    )
    expect(draft).toMatchObject({ title: 'Hoch wasser', body: 'a\nb', instructions: ['eins', 'zwei'] })
    expect(isPlain(draft?.title ?? '\n')).toBe(true)
    expect(isPlain(draft?.body ?? '\u0000', 'many')).toBe(true)
    expect(matches(AlertDraftSchema, draft)).toBe(true)
    expect(draft?.expires_at).toBe('2026-05-26T14:00:00Z')
  })

  it('is none while the certificate, the severity, the title or the body is missing', () => {
    for (const gone of [{ cert_id: null }, { severity: null }, { de: { title: ' ', body: 'x', instructions: '' } }] as const) {
      expect(draftOf(written(gone), NOW)).toBeNull()
    }
  })

  it('comes back from being kept as it was', () => {
    const form = written({ languages: 'both', en: { title: 'Flood', body: 'Rising.', instructions: 'Leave' }, minutes: 90 })
    const draft = draftOf(form, NOW)
    if (!draft) throw new Error('a draft')
    const saved_at = new Date(NOW).toISOString()
    const back = formOfDraft({ draft_id: ulidFor(9), draft, saved_at }, fresh)
    expect(draftOf(back, NOW)).toEqual(draft)
    expect(back.minutes).toBe(90)
    const sealed = written({ sealed: true, roles: [CERTIFICATE.role] })
    expect(draftOf(sealed, NOW)?.target.roles).toEqual([CERTIFICATE.role])
    expect(draftOf({ ...sealed, sealed: false }, NOW)?.target.roles, 'everyone, though roles were ticked before').toEqual([])
    const inBox = written({ box: { west: '6,3', south: '51.4', east: '6.5', north: '51,6' } })
    expect(draftOf(inBox, NOW)?.target.bbox).toEqual({ west: 6.3, south: 51.4, east: 6.5, north: 51.6 })
  })

  it('as an update has a new id and names what it replaces (CIV-8)', () => {
    const draft = draftOf(written(), NOW)
    if (!draft) throw new Error('a draft')
    const content = { ...draft, alert_id: ulidFor(1), publisher: CERTIFICATE.holder, publisher_role: CERTIFICATE.role }
    const alert: Alert = { ...content, published_at: '2026-05-26T08:00:00Z', signature: SIGNATURE }
    const update = formOfUpdate(alert, fresh)
    expect(update).toMatchObject({ replaces: ulidFor(1), minutes: 360 })
    expect(update.alert_id).not.toBe(ulidFor(1))
    const sent = draftOfContent(content)
    expect(matches(AlertDraftSchema, sent)).toBe(true)
    expect(sent).toEqual(draft)
  })
})

describe('what is still missing', () => {
  it('is named by field, in both languages, and nothing else is', () => {
    expect(faultsOf(written())).toEqual({})
    expect(faultsOf(emptyForm(fresh))).toMatchObject({ certificate: 'required', severity: 'required', title: 'required' })
    const long = { title: 'x'.repeat(81), body: 'x'.repeat(1001), instructions: Array(13).fill('x').join('\n') }
    expect(faultsOf(written({ de: long }))).toEqual({ title: 'too_long', body: 'too_long', instructions: 'too_many' })
    expect(faultsOf(written({ languages: 'both' }))).toEqual({ title_en: 'required', body_en: 'required' })
    expect(faultsOf(written({ sealed: true }))).toEqual({ roles: 'required' })
    expect(faultsOf(written({ box: { west: '7', south: '51', east: '6', north: '52' } }))).toEqual({ box: 'not_a_box' })
  })

  it('is a blank of a template that nobody filled in', () => {
    expect(faultsOf(written({ de: { title: 'x', body: `in ${BLANK}`, instructions: BLANK } }))).toEqual({
      body: 'blank',
      instructions: 'blank',
    })
  })

  it('follows the certificate: no severity above its cap, no region outside it', () => {
    const form = written({ severity: 'extreme', region: 'DE.NRW.Viersen' })
    expect(underCertificate(form, CERTIFICATE)).toMatchObject({ severity: null, region: 'DE.NRW.Kleve.Issum' })
  })

  it('is said of the field that the node’s pointer is about', () => {
    const at = (field: string, message = '') => fieldOf({ field, message })
    expect(at('/draft/target/region')).toBe('region')
    expect(at('/draft/variants/0/instructions/3')).toBe('instructions')
    expect(at('/cert_id', 'the certificate is somebody else’s')).toBe('certificate')
    expect(at('', 'scope: too_severe')).toBe('severity')
    expect(at('', 'revocation: revoked')).toBe('certificate')
    expect(at('/expires_at', 'ends before it begins')).toBeNull()
  })
})

describe('templates', () => {
  it.each(TEMPLATES)('$id fits an alert in both languages, with as many blanks in each', (template) => {
    const form = withTemplate(written(), template, ['info', 'advisory', 'warning'])
    const filled = (text: string) => text.replaceAll(BLANK, 'Issum')
    const words = (one: AlertForm['de']) => ({
      title: filled(one.title),
      body: filled(one.body),
      instructions: filled(one.instructions),
    })
    expect(faultsOf({ ...form, severity: template.severity, de: words(form.de), en: words(form.en) })).toEqual({})
    const blanks = (text: string) => text.split(BLANK).length
    expect(blanks(template.de.body)).toBe(blanks(template.en.body))
    expect(template.de.instructions.length).toBe(template.en.instructions.length)
    expect(form.drill).toBe(template.drill)
  })

  it('never raise the severity above what the certificate may give', () => {
    const flood = TEMPLATES.find(({ id }) => id === 'flood')
    if (!flood) throw new Error('a template')
    expect(withTemplate(written(), flood, ['info', 'advisory', 'warning']).severity).toBe('warning')
  })

  it('are written down line by line', () => {
    expect(linesOf('a\n\n b \n* c')).toEqual(['a', 'b', 'c'])
  })
})
