import { describe, expect, it } from 'vitest'
import { signRecord } from '../core/signing.ts'
import { checkDescriptor, type Descriptor } from './descriptor.ts'
import { freshSigner } from './testing/signer.ts'

type Unsigned = Omit<Descriptor, 'signature'>

async function descriptor(change: Partial<Unsigned> = {}): Promise<Descriptor> {
  const signer = await freshSigner()
  return signRecord(signer, {
    node_id: signer.nodeId,
    name: 'Nest',
    vendor: 'Vogelfreunde',
    version: '0.1',
    protocol_versions: ['3.0.0'],
    homepage: '',
    contact: '',
    capabilities: [
      { name: 'protocol.version.list', module: 'protocol', state: 'stable' as const, version: '1.0', schema_hash: null },
    ],
    issued_at: '2026-05-26T08:00:00Z',
    ...change,
  })
}

const refusal = (field: string) => ({ code: 'protocol_descriptor_invalid', data: { field } })

describe('a descriptor', () => {
  it('is taken as it was signed, whatever future it speaks of (PRO-6, PRO-9)', async () => {
    for (const protocol_versions of [['3.0.0'], ['99.0.0'], ['2.0.0', '3.1.0-rc1']]) {
      const given = await descriptor({ protocol_versions })
      expect(await checkDescriptor(JSON.parse(JSON.stringify(given)))).toEqual(given)
    }
  })

  it('is refused with the field that is wrong (PRO-6)', async () => {
    const given = await descriptor()
    const { vendor: _, ...without } = given
    await expect(checkDescriptor(without)).rejects.toMatchObject(refusal('/vendor'))
    await expect(checkDescriptor({ ...given, extra: 1 })).rejects.toMatchObject(refusal('/extra'))
    await expect(checkDescriptor({ ...given, protocol_versions: ['three'] })).rejects.toMatchObject(
      refusal('/protocol_versions/0'),
    )
    await expect(checkDescriptor({ ...given, protocol_versions: [] })).rejects.toMatchObject(refusal('/protocol_versions'))
    await expect(checkDescriptor(null)).rejects.toMatchObject(refusal('/'))
    await expect(checkDescriptor('a string')).rejects.toMatchObject(refusal('/'))
  })

  it('is refused when it was changed after it was signed, or is somebody else’s (PRO-6)', async () => {
    const given = await descriptor()
    const { nodeId } = await freshSigner()
    for (const forged of [
      { ...given, vendor: 'HearthNet' },
      { ...given, node_id: nodeId },
    ]) {
      await expect(checkDescriptor(forged)).rejects.toMatchObject(refusal('/signature'))
    }
  })

  it('is refused when it names a capability twice or is too large, though signed (PRO-6)', async () => {
    const { capabilities } = await descriptor()
    await expect(checkDescriptor(await descriptor({ capabilities: [...capabilities, ...capabilities] }))).rejects.toMatchObject(
      refusal('/capabilities'),
    )
    const many = Array.from({ length: 512 }, (_, at) => ({
      name: `experimental.${'x'.repeat(90)}.${at}`,
      module: 'y'.repeat(64),
      state: 'experimental' as const,
      version: '1.0',
      schema_hash: null,
    }))
    await expect(checkDescriptor(await descriptor({ capabilities: many }))).rejects.toMatchObject(refusal('/'))
  })
})
