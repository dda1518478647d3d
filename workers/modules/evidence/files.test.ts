import { describe, expect, it } from 'vitest'
import { claimAssert, claimAttest, claimGet } from '#protocol/evidence/capabilities.ts'
import { draftList, fileImport, proofExport, quarantineList } from '#protocol/evidence/desk-capabilities.ts'
import { createVillage } from '../../testing/village.ts'

const page = { source_id: 'url:https://gemeinde.example/plan', accessed_at: '2026-05-26T08:00:00Z', excerpt: '„Halle“' }
const said = {
  subject: 'Turnhalle der Schule',
  predicate: 'ist',
  object: 'Sammelpunkt "Süd"\nab Mai',
  sources: [page],
  confidence: 0.9,
  derived_from: [],
}

async function twoCommunities(seed: number) {
  const village = createVillage(seed)
  const [anna, bert] = await village.settle('Anna', 'Bert')
  const [cleo] = await createVillage(seed + 100).settle('Cleo')
  if (!anna || !bert || !cleo) throw new Error('villagers')
  const { claim_id } = await anna.node.bus.call(claimAssert, said)
  await village.until('Bert knows it', () =>
    bert.node.bus.call(claimGet, { claim_id }).then(
      () => true,
      () => false,
    ),
  )
  await bert.node.bus.call(claimAttest, { claim_id, role: 'first-hand witness', rationale: 'gesehen' })
  return { anna, cleo, claim_id }
}

const FOREIGN = `@prefix np: <http://www.nanopub.org/nschema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix ex: <https://example.org/> .
ex:head { ex:np a np:Nanopublication ; np:hasAssertion ex:a ; np:hasProvenance ex:p ; np:hasPublicationInfo ex:i . }
ex:a { ex:Kirchplatz ex:hat "einen Brunnen" . }
ex:p { ex:a prov:hadPrimarySource <https://example.org/quelle> . }
ex:i { ex:np prov:generatedAtTime "2026-05-01" . }`

describe('a claim as a file', () => {
  it.each(['proof', 'trig', 'jsonld'] as const)(
    'goes to another community as %s and waits there in quarantine',
    async (format) => {
      const { anna, cleo, claim_id } = await twoCommunities(format.length + 60)
      const file = await anna.node.bus.call(proofExport, { of: { claim_id }, format })
      expect(file.file_name).toMatch(/^Turnhalle-der-Schule\./)
      expect(await cleo.node.bus.call(fileImport, { format, text: file.text })).toEqual({
        quarantined: 1,
        drafts: 0,
        known: 0,
        refused: 0,
      })
      const [item] = (await cleo.node.bus.call(quarantineList, { limit: 9 })).items
      expect(item).toMatchObject({ claim_id, claim: said, via: 'file' })
      expect(await cleo.node.bus.call(fileImport, { format, text: file.text })).toMatchObject({ quarantined: 0, known: 1 })
      const forged = file.text.replaceAll('gemeinde.example', 'gemeinte.example')
      expect(await anna.node.bus.call(fileImport, { format, text: forged })).toMatchObject({ quarantined: 0 })
    },
  )

  it('says in PROV and nanopublication terms who said it on what ground', async () => {
    const { anna, claim_id } = await twoCommunities(70)
    const { text } = await anna.node.bus.call(proofExport, { of: { subject: said.subject }, format: 'trig' })
    for (const term of ['np:hasAssertion', 'prov:wasAttributedTo', 'prov:hadPrimarySource <https://gemeinde.example/plan>']) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(term)
    }
    expect(text).toContain(claim_id)
  })

  it('makes drafts of foreign nanopublications and signs nothing (EVI-9)', async () => {
    const { cleo } = await twoCommunities(71)
    expect(await cleo.node.bus.call(fileImport, { format: 'trig', text: FOREIGN })).toMatchObject({ drafts: 1, quarantined: 0 })
    const [draft] = (await cleo.node.bus.call(draftList, {})).drafts
    expect(draft?.statement).toMatchObject({ subject: 'Kirchplatz', predicate: 'hat', object: 'einen Brunnen' })
    expect(draft?.statement.sources.map(({ source_id }) => source_id)).toContain('url:https://example.org/quelle')
  })

  it('refuses what is no file of the kind, and fetches no context from elsewhere', async () => {
    const { cleo } = await twoCommunities(72)
    const bad = { code: 'bad_request' }
    await expect(cleo.node.bus.call(fileImport, { format: 'trig', text: 'kein { TriG' })).rejects.toMatchObject(bad)
    await expect(cleo.node.bus.call(fileImport, { format: 'proof', text: '[]' })).rejects.toMatchObject(bad)
    const remote = JSON.stringify({ '@context': 'https://elsewhere.example/context', name: 'x' })
    await expect(cleo.node.bus.call(fileImport, { format: 'jsonld', text: remote })).rejects.toMatchObject(bad)
  })
})
