import { describe, expect, it } from 'vitest'
import { lieOf, regionOfRole, regionsIn, roleWords, spelled } from './regions.ts'

describe('regions', () => {
  it('lie to each other by whole parts (CIV-5)', () => {
    expect(lieOf('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve.Issum')).toBe('same')
    expect(lieOf('DE.NRW.Kleve', 'DE.NRW.Kleve.Issum')).toBe('inside')
    expect(lieOf('DE.NRW.Kleve2', 'DE.NRW.Kleve.Issum')).toBe('apart')
    expect(lieOf('DE.NRW.Kleve.Geldern', 'DE.NRW.Kleve.Issum')).toBe('apart')
    expect(lieOf('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve')).toBe('part')
    expect(lieOf('DE.NRW', null)).toBe('unknown')
  })

  it('have a smallest region that holds both, down to a Land', () => {})

  it('are read in letters where nobody has a name for them', () => {
    expect(spelled('DE.NRW.Rhein-Kreis-Neuss')).toBe('Rhein Kreis Neuss')
    expect(regionsIn('DE.NRW.Kleve, DE.NRW.Wesel')).toEqual(['DE.NRW.Kleve', 'DE.NRW.Wesel'])
    expect(regionsIn('')).toEqual([])
  })
})

describe('a role', () => {
  it('is said in words, with its place; one of a foreign scheme as it is written (CIV-7)', () => {
    const role = 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter'
    expect(regionOfRole(role)).toBe('DE.NRW.Kleve.Issum')
    expect(roleWords(role, 'de', spelled)).toBe('Leitung der Feuerwehr, Issum')
    expect(roleWords(role, 'en', spelled)).toBe('Fire service lead, Issum')
    expect(roleWords('NL.Limburg.Brandweer', 'de', spelled)).toBe('NL.Limburg.Brandweer')
  })
})
