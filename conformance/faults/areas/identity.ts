import { defineFaults } from '../fault.ts'

const SIGNING = 'protocol/src/core/signing.ts'

export const faults = defineFaults([
  {
    name: 'identity/verifies-nothing',
    rule: 'ID-4',
    file: SIGNING,
    original: `await crypto.subtle.verify('Ed25519', await importKey(by), signature, bytes)`,
    faulty: 'true',
    why: 'Verification was switched off for a test and stayed so.',
  },
  {
    name: 'identity/small-order-keys',
    rule: 'ID-4',
    file: SIGNING,
    original: 'isSmallOrder(publicKeyOf(by))',
    faulty: 'false',
    why: 'Libraries verify by the equation alone, and under such a key one signature fits every message.',
  },
  {
    name: 'identity/signs-as-written',
    rule: 'ID-4',
    file: SIGNING,
    at: 'signedBytes = (record: object): Uint8Array<ArrayBuffer> => canonicalBytes(unsigned(record))',
    original: 'canonicalBytes(unsigned(record))',
    faulty: 'new TextEncoder().encode(JSON.stringify(unsigned(record)))',
    why: 'A signature over the text as it happens to be written verifies nowhere else.',
  },
  {
    name: 'identity/signs-with-empty-signature',
    rule: 'ID-4',
    file: SIGNING,
    at: 'signedBytes = (record: object): Uint8Array<ArrayBuffer> => canonicalBytes(unsigned(record))',
    original: 'canonicalBytes(unsigned(record))',
    faulty: `canonicalBytes({ ...unsigned(record), signature: '' })`,
    why: 'The field is emptied before signing instead of taken out.',
  },
  {
    name: 'identity/signs-the-hash',
    rule: 'ID-4',
    file: SIGNING,
    original: 'await signer.sign(signedBytes(record))',
    faulty: `await signer.sign(new Uint8Array(await crypto.subtle.digest('SHA-256', signedBytes(record))))`,
    why: 'Other curves sign a hash; Ed25519 hashes by itself.',
  },
  {
    name: 'identity/records-not-verified',
    rule: 'ID-4',
    file: SIGNING,
    original: '!(await verifyRecord(parseNodeId(by), record))',
    faulty: 'false',
    why: 'A signature is required by the schema, and there the check ends.',
  },
  {
    name: 'identity/forgets-itself',
    rule: 'ID-5',
    file: 'workers/kernel/identity.ts',
    original: `await store.write([{ table: 'meta', key: IDENTITY_KEY, value: next }])`,
    faulty: '',
    statements: true,
    why: 'The key lives in memory, and with every start the device is somebody else.',
  },
  {
    name: 'identity/second-identity',
    rule: 'ID-1',
    file: 'workers/kernel/identity.ts',
    original: `if (stored) throw new HearthError('bad_request', 'this device has an identity already')`,
    faulty: '',
    statements: true,
    why: 'Creating twice replaces the key, and everything signed before is a stranger’s.',
  },
])
