import { describe, expect, it } from 'vitest'
import { NRW_ROLES } from '#protocol/civdef/nrw-roles.ts'
import type { CertificateRecord } from '#protocol/civdef/records.ts'
import type { CertId } from '#protocol/civdef/terms.ts'
import { claimIdFor, nodeIdFor, SIGNATURE } from '../../../../testing/village.ts'
import { cosignersFor, kindOfRole, rolesAt, severitiesOf } from './role-kinds.ts'

const ISSUM = 'DE.NRW.Kleve.Issum'
const place = (region: string, kind: 'land' | 'kreis' | 'gemeinde', ags: string) => ({
  region,
  kind,
  ags,
  name: 'x',
  within: 'y',
  ars: '0'.repeat(12),
  warncell: '0'.repeat(9),
  inhabitants: 1,
})

const holds = (who: string, role: string, region: string, change: Partial<CertificateRecord> = {}): CertificateRecord => ({
  certificate: {
    cert_id: claimIdFor(`${who} ${role}`) as string as CertId, // both are 52 letters of base32
    holder: nodeIdFor(who),
    role,
    region,
    issuer: nodeIdFor('land'),
    issuer_chain: [],
    issued_at: '2026-01-01T00:00:00Z',
    expires_at: '2027-01-01T00:00:00Z',
    scopes: ['alert.publish', 'alert.cosign'],
    title: who,
    signature: SIGNATURE,
  },
  state: 'good',
  root_name: 'Land',
  revocation: null,
  expires_in_days: null,
  ...change,
})

describe('roles in words', () => {
  it('finds every role of the scheme by its dotted name, and none that it does not know (CIV-7)', () => {
    for (const kind of NRW_ROLES) expect(kindOfRole(`DE.NRW.Kleve.${kind.path}`)).toBe(kind)
    expect(kindOfRole('DE.NRW.Kleve.Issum.Feuerwehr.Papst')).toBeNull()
    expect(kindOfRole('DE.BY.Muenchen.Feuerwehr.Wehrleiter')).toBeNull()
  })

  it('offers a kreisfreie Stadt the roles of a municipality and of a Kreis, and others only their own', () => {
    const levels = (region: string, kind: 'kreis' | 'gemeinde', ags: string) =>
      [...new Set(rolesAt(place(region, kind, ags)).map(({ level }) => level))].sort()
    expect(levels('DE.NRW.Krefeld', 'gemeinde', '05114000')).toEqual(['gemeinde', 'kreis'])
    expect(levels(ISSUM, 'gemeinde', '05154024')).toEqual(['gemeinde'])
    expect(levels('DE.NRW.Kleve', 'kreis', '05154')).toEqual(['kreis'])
  })

  it('offers no severity above the cap of the role, and none to a role that gives no alerts (CIV-4)', () => {
    expect(severitiesOf(`${ISSUM}.Feuerwehr.Zugfuehrer`)).toEqual(['info', 'advisory', 'warning'])
    expect(severitiesOf(`${ISSUM}.Feuerwehr.Helfer`)).toEqual([])
    expect(severitiesOf('XX.Unbekannt')).toEqual([])
  })
})

describe('who can give the second signature (CIV-4)', () => {
  const me = nodeIdFor('Anna')
  const wanted = { region: ISSUM, severity: 'emergency', role: `${ISSUM}.Feuerwehr.Wehrleiter`, publisher: me } as const
  const names = (records: readonly CertificateRecord[]) =>
    cosignersFor(records, wanted).map(({ certificate }) => certificate.title)

  it('is of a higher tier, over the whole target, and somebody else', () => {
    expect(
      names([
        holds('stab', 'DE.NRW.Kleve.KatS.Stabsleiter', 'DE.NRW.Kleve'),
        holds('land', 'DE.NRW.KatS.Landesstab', 'DE.NRW'),
        holds('Anna', 'DE.NRW.Kleve.KatS.Stabsleiter', 'DE.NRW.Kleve'),
        holds('equal', `${ISSUM}.Ordnungsamt.Leiter`, ISSUM),
        holds('elsewhere', 'DE.NRW.Viersen.KatS.Stabsleiter', 'DE.NRW.Viersen'),
        holds('foreign', 'XX.Chief', 'XX'),
      ]),
    ).toEqual(['stab', 'land'])
  })

  it('is nobody whose certificate does not hold, lacks the scope, or is not loud enough', () => {
    const stab = holds('stab', 'DE.NRW.Kleve.KatS.Stabsleiter', 'DE.NRW.Kleve')
    expect(names([{ ...stab, state: 'revoked' }])).toEqual([])
    expect(names([{ ...stab, certificate: { ...stab.certificate, scopes: ['alert.publish'] } }])).toEqual([])
    const extreme = { ...wanted, severity: 'extreme', role: `${ISSUM}.Feuerwehr.Zugfuehrer` } as const
    expect(cosignersFor([holds('amt', `${ISSUM}.Ordnungsamt.Leiter`, ISSUM)], extreme)).toEqual([])
  })
})
