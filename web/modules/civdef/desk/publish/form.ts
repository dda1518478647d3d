import type { Static } from '@sinclair/typebox'
import type { Alert, AlertContent, Bbox } from '#protocol/civdef/alert.ts'
import { AlertDraftSchema } from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import {
  CIVDEF_ALERT_BODY_MAX_CHARS,
  CIVDEF_ALERT_TITLE_MAX_CHARS,
  CIVDEF_INSTRUCTION_MAX_CHARS,
  CIVDEF_INSTRUCTIONS_MAX,
} from '#protocol/civdef/constants.ts'
import type { KeptDraft } from '#protocol/civdef/desk-capabilities.ts'
import { secondsTime, within } from '#protocol/civdef/terms.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { OneOf, Strict, UlidSchema } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { severitiesOf } from '../shared/role-kinds.ts'
import { BLANK, type Template } from './templates.ts'

export type AlertDraft = Static<typeof AlertDraftSchema>
const said = AlertDraftSchema.properties

const WordsSchema = Strict({
  title: Type.String({ maxLength: 400 }),
  body: Type.String({ maxLength: 8000 }),
  /** One line each. */
  instructions: Type.String({ maxLength: 8000 }),
})
export type FormWords = Static<typeof WordsSchema>

/** What somebody has typed and tapped so far. It may be wrong in every way: nothing typed is thrown away. */
export const FormSchema = Strict({
  /** Given once as well: what is kept while it is typed is one draft. */
  draft_id: UlidSchema,
  /** Given once, so that pressing twice publishes once (CIV-4). */
  alert_id: UlidSchema,
  cert_id: Type.Union([said.publisher_cert, Type.Null()]),
  severity: Type.Union([said.severity, Type.Null()]),
  drill: Type.Boolean(),
  region: Type.String({ maxLength: 200 }),
  de: WordsSchema,
  en: WordsSchema,
  /** Languages it goes out in. */
  languages: OneOf(['de', 'en', 'both']),
  minutes: Type.Integer({ minimum: 1, maximum: 7 * 24 * 60 }),
  /** Whether it is for holders of roles only; which ones is `roles`. */
  sealed: Type.Boolean(),
  roles: said.target.properties.roles,
  /** West, south, east, north as typed; null for the whole region. */
  box: Type.Union([
    Strict({ west: Type.String(), south: Type.String(), east: Type.String(), north: Type.String() }),
    Type.Null(),
  ]),
  replaces: Type.Union([UlidSchema, Type.Null()]),
  correlation_id: Type.Union([Type.String(), Type.Null()]),
})
export type AlertForm = Static<typeof FormSchema>

const NO_WORDS: FormWords = { title: '', body: '', instructions: '' }
const HOUR = 60

/** How long an alert holds, in minutes: what is offered. */
export const LASTING = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR] as const

export const emptyForm = (fresh: () => Ulid): AlertForm => ({
  draft_id: fresh(),
  alert_id: fresh(),
  cert_id: null,
  severity: null,
  drill: false,
  region: '',
  de: NO_WORDS,
  en: NO_WORDS,
  languages: 'de',
  minutes: 6 * HOUR,
  sealed: false,
  roles: [],
  box: null,
  replaces: null,
  correlation_id: null,
})

/** Takes a certificate; its region unless a part of it was chosen already, and no severity that it may not give. */
export function underCertificate(form: AlertForm, { cert_id, region, role }: Certificate): AlertForm {
  const isInside = form.region !== '' && within(form.region, region)
  const isAllowed = form.severity !== null && severitiesOf(role).includes(form.severity)
  return { ...form, cert_id, region: isInside ? form.region : region, severity: isAllowed ? form.severity : null }
}

/** Lays a template over it: words, severity and span; who speaks and for where stay. */
export function withTemplate(form: AlertForm, template: Template, allowed: readonly string[]): AlertForm {
  const words = ({ title, body, instructions }: Template['de']): FormWords => ({
    title,
    body,
    instructions: instructions.join('\n'),
  })
  return {
    ...form,
    de: words(template.de),
    en: words(template.en),
    languages: 'both',
    severity: allowed.includes(template.severity) ? template.severity : form.severity,
    drill: template.drill || form.drill,
    minutes: template.minutes,
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\u202a-\u202e\u2066-\u2069]/g

/** The one form of a text that alerts have: what is pasted brings spaces and marks along that nobody sees. */
const manyLines = (text: string): string => text.replace(/\r\n?/g, '\n').replace(CONTROL, ' ').normalize('NFC').trim()
const oneLine = (text: string): string => manyLines(text).replace(/\s+/g, ' ')
export const linesOf = (text: string): readonly string[] =>
  manyLines(text)
    .split('\n')
    .map((line) => oneLine(line).replace(/^[-•*]\s+/, ''))
    .filter((line) => line !== '')

export const FORM_FIELDS = ['certificate', 'severity', 'region', 'title', 'body', 'instructions', 'box', 'roles'] as const
export type FormField = (typeof FORM_FIELDS)[number]
export type FormFault = 'required' | 'too_long' | 'blank' | 'too_many' | 'not_a_box'
/** By field; a fault of the English words has `_en` at its end. */
export type FormFaults = Readonly<Partial<Record<FormField | `${FormField}_en`, FormFault>>>

type Mutable = { -readonly [K in keyof FormFaults]: FormFaults[K] }

function wordFaults({ title, body, instructions }: FormWords, end: '' | '_en', faults: Mutable): void {
  const lines = linesOf(instructions)
  const put = (field: 'title' | 'body' | 'instructions', fault: FormFault): void => {
    faults[`${field}${end}`] ??= fault
  }
  for (const [field, value, most] of [
    ['title', oneLine(title), CIVDEF_ALERT_TITLE_MAX_CHARS],
    ['body', manyLines(body), CIVDEF_ALERT_BODY_MAX_CHARS],
  ] as const) {
    if (value === '') put(field, 'required')
    if (value.length > most) put(field, 'too_long')
    if (value.includes(BLANK)) put(field, 'blank')
  }
  if (lines.length > CIVDEF_INSTRUCTIONS_MAX) put('instructions', 'too_many')
  if (lines.some((line) => line.length > CIVDEF_INSTRUCTION_MAX_CHARS)) put('instructions', 'too_long')
  if (lines.some((line) => line.includes(BLANK))) put('instructions', 'blank')
}

const degrees = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')))

/** The box as numbers; null where it is none. */
export function boxOf({ box }: Pick<AlertForm, 'box'>): Bbox | null {
  if (!box) return null
  const made = { west: degrees(box.west), south: degrees(box.south), east: degrees(box.east), north: degrees(box.north) }
  const isInside = Math.abs(made.south) <= 90 && Math.abs(made.north) <= 90 && Math.abs(made.west) <= 180
  return isInside && Math.abs(made.east) <= 180 && made.south < made.north && made.west < made.east ? made : null
}

/** A box as if somebody had typed it. */
export const typedBox = ({ west, south, east, north }: Bbox): NonNullable<AlertForm['box']> => ({
  west: String(west),
  south: String(south),
  east: String(east),
  north: String(north),
})

/** What is still missing before anybody can be asked whether it would go out. */
export function faultsOf(form: AlertForm): FormFaults {
  const faults: Mutable = {}
  if (form.cert_id === null) faults.certificate = 'required'
  if (form.severity === null) faults.severity = 'required'
  if (form.region === '') faults.region = 'required'
  if (form.sealed && form.roles.length === 0) faults.roles = 'required'
  if (form.languages !== 'en') wordFaults(form.de, '', faults)
  if (form.languages !== 'de') wordFaults(form.en, '_en', faults)
  if (form.box && !boxOf(form)) faults.box = 'not_a_box'
  return faults
}

const wording = (language: string, { title, body, instructions }: FormWords) => ({
  language,
  title: oneLine(title),
  body: manyLines(body),
  instructions: [...linesOf(instructions)],
})

/**
 * The draft as the node takes it; null while something is missing that it cannot do without. Texts that are too long are in it:
 * a draft is kept as it is. @param now ms since 1970
 */
export function draftOf(form: AlertForm, now: number): AlertDraft | null {
  const { cert_id, severity, region } = form
  if (cert_id === null || severity === null || region === '') return null
  const german = wording('de-DE', form.de)
  const english = wording('en-GB', form.en)
  const first = form.languages === 'en' ? english : german
  const bbox = boxOf(form)
  if (first.title === '' || first.body === '') return null
  return {
    alert_id: form.alert_id,
    publisher_cert: cert_id,
    severity,
    ...first,
    variants: form.languages === 'both' && english.title !== '' && english.body !== '' ? [english] : [],
    target: {
      region,
      roles: form.sealed ? [...form.roles] : [],
      channels: ['local', 'push', 'federation'],
      ...(bbox ? { bbox } : {}),
    },
    expires_at: secondsTime(now + form.minutes * 60_000),
    drill: form.drill,
    ...(form.replaces === null ? {} : { replaces: form.replaces }),
    ...(form.correlation_id === null ? {} : { correlation_id: form.correlation_id }),
  }
}

const formWords = ({ title, body, instructions }: Pick<AlertDraft, 'title' | 'body' | 'instructions'>): FormWords => ({
  title,
  body,
  instructions: instructions.join('\n'),
})

/** The words of an alert or a draft, as a form has them. */
function wordsIn(draft: Pick<AlertDraft, 'language' | 'title' | 'body' | 'instructions' | 'variants'>) {
  const all = [draft, ...draft.variants]
  const german = all.find(({ language }) => language.startsWith('de'))
  const english = all.find(({ language }) => language.startsWith('en'))
  return {
    // a language that the form has no field for is written on in the German one
    de: german ? formWords(german) : english ? NO_WORDS : formWords(draft),
    en: english ? formWords(english) : NO_WORDS,
    languages: english ? (german ? ('both' as const) : ('en' as const)) : ('de' as const),
  }
}

const MINUTE_MS = 60_000
const spanMinutes = (from: string, until: string): number =>
  Math.min(7 * 24 * HOUR, Math.max(1, Math.round((Date.parse(until) - Date.parse(from)) / MINUTE_MS)))

/** A draft that was kept, to be written on. */
export function formOfDraft({ draft_id, draft, saved_at }: KeptDraft, fresh: () => Ulid): AlertForm {
  const { bbox } = draft.target
  return {
    ...emptyForm(fresh),
    ...wordsIn(draft),
    draft_id,
    ...(draft.alert_id === undefined ? {} : { alert_id: draft.alert_id }),
    cert_id: draft.publisher_cert,
    severity: draft.severity,
    drill: draft.drill,
    region: draft.target.region,
    minutes: spanMinutes(saved_at, draft.expires_at),
    sealed: draft.target.roles.length > 0,
    roles: draft.target.roles,
    box: bbox ? typedBox(bbox) : null,
    replaces: draft.replaces ?? null,
    correlation_id: draft.correlation_id ?? null,
  }
}

/** An update of an alert: the same to begin with, under a new id, in the place of the old one (CIV-8). */
export function formOfUpdate(alert: Alert, fresh: () => Ulid): AlertForm {
  const draft = { ...alert, alert_id: fresh() }
  return { ...formOfDraft({ draft_id: fresh(), draft, saved_at: alert.published_at }, fresh), replaces: alert.alert_id }
}

/** A signed request as the draft it came from, to be published word for word. */
export function draftOfContent(content: AlertContent): AlertDraft {
  const { publisher: _publisher, publisher_role: _role, ...draft } = content
  return draft
}

/** By what a problem names: a JSON pointer of the draft, or the rule and case of a receiver (CIV-12). */
const NAMED: readonly (readonly [RegExp, FormField])[] = [
  [/\/(publisher_cert|cert_id)\b|^(certificate|revocation): |may_not_publish/, 'certificate'],
  [/\/severity\b|too_severe/, 'severity'],
  [/\/instructions\b/, 'instructions'],
  [/\/title\b/, 'title'],
  [/\/body\b/, 'body'],
  [/\/(bbox|polygon)\b/, 'box'],
  [/\/roles\b/, 'roles'],
  [/\/(region|target)\b|target_outside/, 'region'],
]

/** The field of the form that a problem of the node is about; null for none of them. */
export function fieldOf({ field, message }: { readonly field: string; readonly message: string }): FormField | null {
  return NAMED.find(([pattern]) => pattern.test(field) || pattern.test(message))?.[1] ?? null
}
