import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DECISION_RULES, type DecisionRule, type Reason } from '#protocol/civdef/decision.ts'
import { LANGUAGES } from '../../../kit/i18n.tsx'
import { messages as shared } from '../desk/shared/messages.ts'
import { spelled } from '../regions.ts'
import { messages } from './messages.ts'
import { isKnown, mainReasons, type Naming, reasonWords, regionsOf } from './reason-words.ts'

const source = (file: string): string =>
  readFileSync(join(import.meta.dirname, '../../../../workers/modules/civdef', file), 'utf8')

/** Words in quotes after a pattern. */
const words = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, word = '']) => word)),
]

// what the node itself can answer, read from its source: a code that is added there and has no words here is found
const decide = source('decide.ts')
const role = source('role.ts')
const faults = [
  ...words(role, /return '([a-z_]+)'/g),
  ...words(role, /unrecognised\(\w+, '([a-z_]+)'/g),
  ...words(role, /'civdef_cert_invalid', '([a-z_]+)'/g),
  ...words(role, /null : '([a-z_]+)'/g),
]
const codes = words(decide, /\b(?:pass|stop|mark)\((?:[^'()]*\? )?'([a-z_]+)'/g)
const second = words(decide, /\b(?:stop|mark)\([\w.]+ \? '[a-z_]+' : '([a-z_]+)'/g)

const naming = (language: 'de' | 'en'): Naming => ({
  language,
  nameOf: spelled,
  severities: { ...shared[language].severities, none: '–' },
})
const reason = (rule: DecisionRule, code: string, detail: Record<string, string> = {}): Reason => ({
  rule,
  code,
  detail,
  verdict: 'stop',
})

describe('the words for what a node decided (CIV-12)', () => {
  it('are found in the source of the decision', () => {
    expect(codes.length).toBeGreaterThan(30)
    expect(faults.length).toBeGreaterThanOrEqual(10)
    expect(codes).toEqual(expect.arrayContaining(['elsewhere', 'takes_part', 'all_clear', 'foreign_role']))
  })

  it.each([...codes, ...second])('exist for the code %s', (code) => {
    expect(DECISION_RULES.some((rule) => isKnown(rule, code))).toBe(true)
  })

  it.each(faults)('exist for a certificate that fails by %s, of the publisher and of the co-signer', (why) => {
    expect(isKnown('certificate', why)).toBe(true)
    expect(isKnown('cosignature', `cosigner_${why}`)).toBe(true)
  })

  it('name every rule, and differ between the languages', () => {
    for (const rule of DECISION_RULES) {
      expect(messages.de.rules[rule]).not.toBe('')
      const german: Readonly<Record<string, unknown>> = messages.de.reasons[rule]
      for (const code of Object.keys(german)) {
        const [de, en] = LANGUAGES.map((language) => reasonWords(reason(rule, code), naming(language)))
        expect(de, `${rule} ${code}`).not.toBe(en)
      }
    }
  })

  it('say places, roles and severities as people do', () => {
    const elsewhere = reason('region', 'elsewhere', { target: 'DE.NRW.Kleve.Issum', place: 'DE.NRW.Kleve.Geldern' })
    expect(reasonWords(elsewhere, naming('de'))).toBe('Sie gilt für Issum. Dein Ort ist Geldern.')
    const quiet = reason('severity', 'below_setting', { severity: 'info', setting: 'warning' })
    expect(reasonWords(quiet, naming('de'))).toContain('„Hinweis“')
    const roles = reason('roles', 'not_yours', { roles: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter' })
    expect(reasonWords(roles, naming('en'))).toBe('It is only for: Fire service lead, Issum.')
    expect(regionsOf({ delivery: 'hide', marks: [], reasons: [elsewhere, roles] })).toEqual([
      'DE.NRW.Kleve.Issum',
      'DE.NRW.Kleve.Geldern',
    ])
  })

  it('leave no gap where a detail is missing, and show what is hidden in one', () => {
    expect(reasonWords(reason('cancelled', 'cancelled'), naming('de'))).toBe('Sie wurde zurückgenommen.')
    expect(reasonWords(reason('certificate', 'known', { title: 'a\u202eb' }), naming('de'))).toContain('⟨U+202E⟩')
  })

  it('say so where a newer node has a rule that this app does not know', () => {
    expect(reasonWords(reason('region', 'on_the_moon'), naming('de'))).toContain('on_the_moon')
    expect(reasonWords(reason('region', 'constructor'), naming('de'))).toContain('constructor')
  })

  it('begin with what stopped it, else with where and how urgent', () => {
    const pass = (rule: DecisionRule, code: string): Reason => ({ rule, code, detail: {}, verdict: 'pass' })
    const fine = [pass('signature', 'verified'), pass('region', 'here'), pass('severity', 'notifies')]
    expect(mainReasons({ delivery: 'notify', marks: [], reasons: fine }).map(({ rule }) => rule)).toEqual([
      'region',
      'severity',
    ])
    const stopped = [...fine, reason('expired', 'expired')]
    expect(mainReasons({ delivery: 'list', marks: [], reasons: stopped }).map(({ rule }) => rule)).toEqual(['expired'])
  })
})
