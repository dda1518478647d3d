import type { Decision, Reason } from '#protocol/civdef/decision.ts'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import type { Language } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { regionOfRole, regionsIn, roleWords } from '../regions.ts'
import { messages } from './messages.ts'

type Say = string | ((...parts: string[]) => string)
type Tree = Readonly<Record<string, Readonly<Record<string, Say>>>>

/** What of a reason's detail goes into its text, in order, by rule and code; the others take nothing. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'certificate.good': ['title', 'root'],
  'certificate.known': ['title'],
  'certificate.not_yet': ['title'],
  'certificate.expired': ['title'],
  'revocation.revoked': ['title'],
  'scope.target_outside': ['target', 'region'],
  'scope.too_severe': ['severity', 'cap'],
  'cosignature.not_needed': ['severity'],
  'cosignature.cosigned': ['by'],
  'cosignature.missing': ['severity'],
  'mirror.mirror': ['sender', 'identifier'],
  'roles.yours': ['role'],
  'roles.not_yours': ['roles'],
  'region.by_role': ['target', 'role'],
  'region.no_place': ['target'],
  'region.here': ['target', 'place'],
  'region.also': ['target', 'place'],
  'region.elsewhere': ['target', 'place'],
  'cancelled.all_clear': ['reason'],
  'cancelled.cancelled': ['reason'],
  'scheme.foreign_role': ['role'],
  'severity.notifies': ['severity'],
  'severity.below_setting': ['severity', 'setting'],
}

const REGIONS = new Set(['target', 'region', 'place'])
const ROLES = new Set(['role', 'roles'])
const SEVERITIES = new Set(['severity', 'cap', 'setting'])

export interface Naming {
  readonly language: Language
  /** A region as people say it. */
  readonly nameOf: (region: string) => string
  /** A severity as people say it. */
  readonly severities: Readonly<Record<(typeof ALERT_SEVERITIES)[number] | 'none', string>>
}

function partWords(name: string, value: string, { language, nameOf, severities }: Naming): string {
  if (REGIONS.has(name)) return regionsIn(value).map(nameOf).join(', ')
  if (ROLES.has(name))
    return regionsIn(value)
      .map((role) => roleWords(role, language, nameOf))
      .join(', ')
  if (!SEVERITIES.has(name)) return visibleText(value)
  const severity = ALERT_SEVERITIES.find((one) => one === value)
  return severities[severity ?? 'none']
}

/** Whether a text exists for a code: a node of another version may have codes that this app has not. */
export const isKnown = (rule: Reason['rule'], code: string): boolean => {
  const tree: Tree = messages.de.reasons
  return Object.hasOwn(tree[rule] ?? {}, code)
}

/** One rule's answer in plain words (CIV-12). */
export function reasonWords({ rule, code, detail }: Reason, naming: Naming): string {
  const text = messages[naming.language]
  const tree: Tree = text.reasons
  const say = isKnown(rule, code) ? tree[rule]?.[code] : undefined
  if (say === undefined) return text.unknown(rule, code)
  if (typeof say === 'string') return say
  return say(...(PARTS[`${rule}.${code}`] ?? []).map((name) => partWords(name, detail[name] ?? '', naming)))
}

/** Every region that the reasons of a decision name, and that of every role. */
export function regionsOf({ reasons }: Decision): readonly string[] {
  const found = reasons.flatMap(({ detail }) =>
    Object.entries(detail).flatMap(([name, value]) => {
      if (REGIONS.has(name)) return regionsIn(value)
      return ROLES.has(name) ? regionsIn(value).map((role) => regionOfRole(role)) : []
    }),
  )
  return [...new Set(found)]
}

/** The rules that tell most: whatever stopped or marked it, else where it holds and how urgent it is. */
export function mainReasons({ reasons }: Decision): readonly Reason[] {
  const against = reasons.filter(({ verdict }) => verdict !== 'pass')
  return against.some(({ verdict }) => verdict === 'stop')
    ? against
    : [
        ...against,
        ...reasons.filter(({ rule, verdict }) => verdict === 'pass' && ['region', 'severity', 'roles'].includes(rule)),
      ]
}
