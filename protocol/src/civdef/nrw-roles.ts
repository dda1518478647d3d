import type { RoleKind } from './role-kind.ts'

const OWN = { reach: 'own' } as const
const PUBLISH = ['alert.publish', 'acks.read'] as const
const LEAD = ['alert.publish', 'alert.cosign', 'acks.read'] as const
const ISSUE = ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'] as const

/**
 * Who may warn whom how loudly in Nordrhein-Westfalen, for the pilot. Tier 1 acts in a unit, 2 leads in a municipality, 3 leads
 * in a Kreis, 4 in the Land. Every node decides by the same table (CIV-7), and screens name roles by it. An operator reads and
 * changes it; nothing else in the code knows a role by name.
 */
export const NRW_ROLES: readonly RoleKind[] = [
  {
    ...OWN,
    path: 'Feuerwehr.Wehrleiter',
    title: { de: 'Leitung der Feuerwehr', en: 'Fire service lead' },
    level: 'gemeinde',
    tier: 2,
    cap: 'extreme',
    scopes: ISSUE,
  },
  {
    ...OWN,
    path: 'Feuerwehr.Zugfuehrer',
    title: { de: 'Zugführung der Feuerwehr', en: 'Fire service platoon leader' },
    level: 'gemeinde',
    tier: 1,
    cap: 'warning',
    scopes: PUBLISH,
  },
  {
    ...OWN,
    path: 'Feuerwehr.Helfer',
    title: { de: 'Feuerwehr', en: 'Fire service' },
    level: 'gemeinde',
    tier: 1,
    cap: null,
    scopes: ['acks.read'],
  },
  {
    ...OWN,
    path: 'Ordnungsamt.Leiter',
    title: { de: 'Leitung des Ordnungsamts', en: 'Head of public order' },
    level: 'gemeinde',
    tier: 2,
    cap: 'emergency',
    scopes: LEAD,
  },
  {
    ...OWN,
    path: 'KatS.Koordinator',
    title: { de: 'Koordination im Katastrophenschutz', en: 'Civil protection coordinator' },
    level: 'gemeinde',
    tier: 2,
    cap: 'emergency',
    scopes: LEAD,
  },
  {
    ...OWN,
    path: 'Feuerwehr.Kreisbrandmeister',
    title: { de: 'Kreisbrandmeisterin, Kreisbrandmeister', en: 'Chief fire officer of the district' },
    level: 'kreis',
    tier: 3,
    cap: 'extreme',
    scopes: ISSUE,
  },
  {
    ...OWN,
    path: 'KatS.Stabsleiter',
    title: { de: 'Leitung des Krisenstabs', en: 'Head of the crisis staff' },
    level: 'kreis',
    tier: 3,
    cap: 'extreme',
    scopes: ISSUE,
  },
  {
    ...OWN,
    path: 'Leitstelle.Disponent',
    title: { de: 'Leitstelle', en: 'Control centre' },
    level: 'kreis',
    tier: 2,
    cap: 'emergency',
    scopes: PUBLISH,
  },
  {
    ...OWN,
    path: 'THW.OV.Leiter',
    title: { de: 'Ortsbeauftragte, Ortsbeauftragter des THW', en: 'THW local head' },
    level: 'kreis',
    tier: 2,
    cap: 'warning',
    scopes: [...PUBLISH, 'role.issue'],
  },
  {
    ...OWN,
    path: 'THW.OV.Zugfuehrer',
    title: { de: 'Zugführung des THW', en: 'THW platoon leader' },
    level: 'kreis',
    tier: 1,
    cap: 'warning',
    scopes: PUBLISH,
  },
  {
    ...OWN,
    path: 'THW.OV.Helfer',
    title: { de: 'THW', en: 'THW' },
    level: 'kreis',
    tier: 1,
    cap: null,
    scopes: ['acks.read'],
  },
  {
    ...OWN,
    path: 'DRK.Ortsverein.Bereitschaftsleiter',
    title: { de: 'Bereitschaftsleitung des DRK', en: 'Red Cross readiness lead' },
    level: 'kreis',
    tier: 1,
    cap: 'advisory',
    scopes: PUBLISH,
  },
  {
    ...OWN,
    path: 'DRK.Ortsverein.Helfer',
    title: { de: 'DRK', en: 'Red Cross' },
    level: 'kreis',
    tier: 1,
    cap: null,
    scopes: ['acks.read'],
  },
  {
    ...OWN,
    path: 'KatS.Landesstab',
    title: { de: 'Krisenstab des Landes', en: 'Crisis staff of the state' },
    level: 'land',
    tier: 4,
    cap: 'extreme',
    scopes: ISSUE,
  },
]
