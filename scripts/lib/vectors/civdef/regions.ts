import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { REGION } from './make.ts'

/** Regions and places. */
export function regions(): readonly VectorSource[] {
  const lies = (name: string, region: string, outer: string, within: boolean): Vector =>
    good(name, within ? 'Lies in it' : 'Does not', { region, outer }, { within })
  const place = (name: string, region: string, ags: string, ars: string, warncell: string): Vector =>
    good(name, 'Official keys', { region }, { ags, ars, warncell })
  const role = (name: string, text: string, expected: object | null): Vector =>
    expected
      ? good(name, 'A row of the table', { role: text }, expected)
      : bad(name, 'roles are free text', { role: text }, 'civdef_cert_out_of_scope')
  return [
    {
      name: 'regions',
      operation: 'civdef.within',
      rule: 'CIV-5',
      about: 'Whether a region lies in another: whole dotted parts.',
      vectors: [
        lies('itself', 'DE.NRW.Kleve', 'DE.NRW.Kleve', true),
        lies('a municipality in its Kreis', REGION, 'DE.NRW.Kleve', true),
        lies('a municipality in its Land', REGION, 'DE.NRW', true),
        lies('a Kreis in its municipality', 'DE.NRW.Kleve', REGION, false),
        lies('a name that goes on', 'DE.NRW.Kleve2', 'DE.NRW.Kleve', false),
        lies('a name with a hyphen', 'DE.NRW.Rhein-Kreis-Neuss.Neuss', 'DE.NRW.Rhein', false),
        lies('another Land', 'DE.HE.Kassel', 'DE.NRW', false),
        lies('another case', 'DE.NRW.kleve.Issum', 'DE.NRW.Kleve', false),
      ],
    },
    {
      name: 'places',
      operation: 'civdef.place',
      rule: 'CIV-5',
      about: 'The official keys of a region of Nordrhein-Westfalen.',
      vectors: [
        place('a municipality', REGION, '05154020', '051540020020', '805154020'),
        place('a Kreis', 'DE.NRW.Kleve', '05154', '051540000000', '105154000'),
        place('the Land', 'DE.NRW', '05', '050000000000', '105000000'),
        bad('a name that goes on', 'prefixes are places', { region: 'DE.NRW.Kleve2' }, 'civdef_region_unsupported'),
        bad(
          'a municipality without its Kreis',
          'parts are searched for',
          { region: 'DE.NRW.Issum' },
          'civdef_region_unsupported',
        ),
        bad('another Land', 'any region is a place', { region: 'DE.HE.Kassel' }, 'civdef_region_unsupported'),
      ],
    },
    {
      name: 'roles',
      operation: 'civdef.role',
      rule: 'CIV-4',
      about: 'What the table of Nordrhein-Westfalen lets a role do: tier, loudest severity, scopes.',
      vectors: [
        role('a fire service lead', `${REGION}.Feuerwehr.Wehrleiter`, { region: REGION, tier: 2, cap: 'extreme' }),
        role('a platoon leader', `${REGION}.Feuerwehr.Zugfuehrer`, { region: REGION, tier: 1, cap: 'warning' }),
        role('a helper', `${REGION}.Feuerwehr.Helfer`, { region: REGION, tier: 1, cap: null }),
        role('the crisis staff of a Kreis', 'DE.NRW.Kleve.KatS.Stabsleiter', {
          region: 'DE.NRW.Kleve',
          tier: 3,
          cap: 'extreme',
        }),
        role('the head of a THW section', 'DE.NRW.Kleve.THW.OV.Leiter', { region: 'DE.NRW.Kleve', tier: 2, cap: 'warning' }),
        role('the crisis staff of the Land', 'DE.NRW.KatS.Landesstab', { region: 'DE.NRW', tier: 4, cap: 'extreme' }),
        role('a role of a Kreis in a municipality', `${REGION}.KatS.Stabsleiter`, null),
        role('a role of a municipality in a Kreis', 'DE.NRW.Kleve.Feuerwehr.Wehrleiter', null),
        role('a role nobody knows', `${REGION}.Bauhof.Leiter`, null),
        role('a role at a place there is none of', 'DE.NRW.Kleve2.KatS.Stabsleiter', null),
      ],
    },
  ]
}
