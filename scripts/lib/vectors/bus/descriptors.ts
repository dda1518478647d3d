import { contentIdOf } from '#protocol/core/hash.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import { AT } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'

function versions(): VectorSource {
  const serve = (offered: string, wanted: string, serves: boolean): Vector =>
    good(
      `${offered} for ${wanted}`,
      serves ? 'The same major, at least that minor' : 'Another major, or a lower minor',
      { offered, wanted },
      { serves },
    )
  return {
    name: 'version',
    operation: 'bus.serves',
    rule: 'BUS-1',
    about: 'Whether a capability of one version serves a request for at least another.',
    vectors: [
      serve('1.0', '1.0', true),
      serve('1.1', '1.0', true),
      serve('1.10', '1.9', true),
      serve('1.9', '1.10', false),
      serve('2.0', '1.0', false),
      serve('1.5', '2.0', false),
      serve('1.0', '1.1', false),
      serve('10.0', '1.0', false),
      serve('0.3', '0.2', true),
      serve('0.2', '1.0', false),
      serve('1.100', '1.99', true),
    ],
  }
}

function schemaHashes(): VectorSource {
  const text = { type: 'string' }
  const response_schema = { type: 'object', properties: { payload: text } }
  const descriptor = {
    name: 'example.echo',
    version: '1.0',
    request_schema: { type: 'object', additionalProperties: false, required: ['payload'], properties: { payload: text } },
    response_schema,
    stream_schema: null as object | null,
  }
  const of = (name: string, comment: string, change: Partial<typeof descriptor>, beside: object = {}): Vector => {
    const hashed = { ...descriptor, ...change }
    return good(name, comment, { descriptor: { ...beside, ...hashed } }, { schema_hash: contentIdOf(hashed) })
  }
  const described = { ...response_schema, properties: { payload: { ...text, description: 'what came' } } }
  return {
    name: 'schema-hash',
    operation: 'bus.schema_hash',
    rule: 'BUS-1',
    about: 'BLAKE3 over the canonical {name, version, request_schema, response_schema, stream_schema} of a descriptor.',
    vectors: [
      of('a descriptor', 'What all the others differ from', {}),
      of(
        'with stability, errors and timeout',
        'They are not part of it',
        {},
        { stability: 'stable', errors: [], timeout_seconds: 10 },
      ),
      of('another name', 'Another hash', { name: 'example.echo2' }),
      of('another version', 'Another hash', { version: '1.1' }),
      of('a description inside', 'It is part of the schema', { response_schema: described }),
      of('a stream', 'Another hash', { stream_schema: { type: 'object' } }),
      of('required in another order', 'Lists keep their order, so this is another hash', {
        request_schema: { ...descriptor.request_schema, required: ['b', 'a'] },
      }),
    ],
  }
}

async function manifests({ anna, bert, carla }: People): Promise<VectorSource> {
  const echo = { name: 'node.echo', version: '1.0', stability: 'stable', schema_hash: contentIdOf({}) }
  const right = {
    node_id: bert.nodeId,
    display_name: 'Bert',
    community_id: anna.nodeId,
    profile: 'spark',
    protocol_version: '3.0.0-experimental',
    capabilities: [echo],
    load: 0,
    issued_at: AT,
    expires_at: '2026-05-26T08:29:22Z',
  }
  const inputOf = async (change: object = {}, now = AT) => ({
    peer: bert.nodeId,
    now,
    manifest: await signRecord(bert, { ...right, ...change }),
  })
  const no = async (name: string, catches: string, error: string, change: object): Promise<Vector> =>
    bad(name, catches, await inputOf(change), error)
  const yes = async (name: string, comment: string, change: object, provides = true, now = AT): Promise<Vector> =>
    good(name, comment, await inputOf(change, now), { provides, life_seconds: 900 })
  const plain = await inputOf()
  return {
    name: 'manifest',
    operation: 'bus.manifest',
    rule: 'MAN-1',
    about:
      'A manifest from a peer, whether its node counts as a provider of node.echo 1.0 then, and for how long the one that answers it is good.',
    vectors: [
      await yes('a manifest', 'Good for a quarter of an hour', {}),
      await yes('a higher minor version', 'It serves', { capabilities: [{ ...echo, version: '1.4' }] }),
      await yes('another major version', 'It does not serve', { capabilities: [{ ...echo, version: '2.0' }] }, false),
      await yes('no capabilities', 'A node may offer nothing', { capabilities: [] }, false),
      await yes('one that runs out', 'Dropped at its end', {}, false, '2026-05-26T08:29:22Z'),
      await yes('a moment before its end', 'Still good', {}, true, '2026-05-26T08:29:21Z'),
      await no('of somebody else', 'node_id is believed', 'unauthorized', { node_id: carla.nodeId }),
      bad(
        'changed after signing',
        'the signature is not looked at',
        { ...plain, manifest: { ...plain.manifest, load: 1 } },
        'invalid_signature',
      ),
      bad(
        'signed by somebody else',
        'the signature is checked against whoever it fits',
        { ...plain, manifest: await signRecord(carla, right) },
        'invalid_signature',
      ),
      await no('expired at birth', 'times are not compared', 'bad_request', { expires_at: AT }),
      await no('a profile there is none of', 'any word is a profile', 'schema_mismatch', { profile: 'server' }),
      await no('an empty name', 'no lower limit', 'schema_mismatch', { display_name: '' }),
      await no('a negative load', 'no lower limit', 'schema_mismatch', { load: -1 }),
      await no('257 capabilities', 'no upper limit', 'schema_mismatch', {
        capabilities: Array.from({ length: 257 }, () => echo),
      }),
      await no('a hash that is none', 'any text is a hash', 'schema_mismatch', {
        capabilities: [{ ...echo, schema_hash: 'x' }],
      }),
      await no('a field nobody knows', 'what is not in the contract is let in', 'schema_mismatch', { admin: true }),
      await no('no end', 'a missing end is never', 'schema_mismatch', { expires_at: undefined }),
    ],
  }
}

export const descriptors = async (all: People): Promise<readonly VectorSource[]> => [
  versions(),
  schemaHashes(),
  await manifests(all),
]
