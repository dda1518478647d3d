import { describe, expect, it } from 'vitest'
import { parseUlid } from '../core/ids.ts'
import type { Signer } from '../core/signing.ts'
import {
  checkFederation,
  type FederationManifest,
  grantOf,
  signFederation,
  type UnsignedFederationManifest,
} from './federation.ts'
import { freshSigner } from './testing/signer.ts'

const NOW = Date.parse('2026-05-26T08:00:00Z')

async function agree(change: Partial<UnsignedFederationManifest> = {}, versions = [['3.0.0'], ['3.1.0']]) {
  const roots = [await freshSigner(), await freshSigner()].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)) as [Signer, Signer]
  const unsigned: UnsignedFederationManifest = {
    manifest_id: parseUlid('01J00000000000000000000000'),
    issued_at: '2026-05-26T07:00:00Z',
    expires_at: '2026-06-26T07:00:00Z',
    sides: roots.map(({ nodeId }, at) => ({
      community_id: nodeId,
      name: at === 0 ? 'Issum' : 'Sevelen',
      anchor: nodeId,
      protocol_versions: versions[at] ?? [],
      grants: at === 0 ? [{ capability: 'protocol.registry.announce', calls_per_minute: 6 }] : [],
    })),
    ...change,
  }
  const sign = async (): Promise<FederationManifest> => ({
    ...unsigned,
    signatures: await Promise.all(roots.map((root) => signFederation(root, unsigned))),
  })
  return { roots, manifest: await sign() }
}

describe('a federation manifest', () => {
  it('holds when both anchors signed it, and names the version both speak (FDR-1, FDR-2)', async () => {
    const { manifest } = await agree()
    expect(await checkFederation(JSON.parse(JSON.stringify(manifest)), NOW)).toEqual({ manifest, version: '3.0.0' })
  })

  it('is refused with one signature wrong, swapped, or over other terms (FDR-1)', async () => {
    const { manifest } = await agree()
    const [first, second] = manifest.signatures as [FederationManifest['signatures'][0], FederationManifest['signatures'][0]]
    const forged = [
      { ...manifest, signatures: [second, first] },
      { ...manifest, signatures: [first, first] },
      { ...manifest, expires_at: '2026-07-26T07:00:00Z' },
    ]
    for (const one of forged) await expect(checkFederation(one, NOW)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('is refused out of order, with itself, for too long, and when it is over (FDR-1)', async () => {
    const { manifest } = await agree()
    const [one, other] = manifest.sides
    for (const sides of [[other, one], [one, one], [one]]) {
      await expect(checkFederation({ ...manifest, sides }, NOW)).rejects.toMatchObject({ code: 'bad_request' })
    }
    for (const expires_at of ['2026-05-26T07:00:00Z', '2028-05-26T07:00:00Z']) {
      await expect(checkFederation((await agree({ expires_at })).manifest, NOW)).rejects.toMatchObject({ code: 'bad_request' })
    }
    await expect(checkFederation(manifest, Date.parse(manifest.expires_at))).rejects.toMatchObject({ code: 'expired' })
  })

  it('carries no call until both sides share a major version (FDR-2)', async () => {
    const { manifest } = await agree({}, [['3.0.0'], ['2.0.0', '4.0.0']])
    await expect(checkFederation(manifest, NOW)).rejects.toMatchObject({ code: 'protocol_unsupported_capability' })
  })

  it('grants what it says to the other side and to nobody else (FDR-3)', async () => {
    const { roots, manifest } = await agree()
    const [issum, sevelen] = [roots[0].nodeId, roots[1].nodeId]
    const third = (await freshSigner()).nodeId
    expect(grantOf(manifest, issum, sevelen, 'protocol.registry.announce')).toMatchObject({ calls_per_minute: 6 })
    const refused = [
      [sevelen, issum, 'protocol.registry.announce'],
      [issum, third, 'protocol.registry.announce'],
      [issum, issum, 'protocol.registry.announce'],
      [issum, sevelen, 'protocol.registry.list'],
    ] as const
    for (const [by, caller, name] of refused) {
      expect(() => grantOf(manifest, by, caller, name)).toThrow(expect.objectContaining({ code: 'unauthorized' }))
    }
  })
})
