import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '#protocol/core/encoding.ts'
import { createMerkleTree, emptyRoot, type Hash, leafHash, nodeHash, verifyConsistency, verifyInclusion } from './merkle.ts'

/** The leaves that Certificate Transparency's own tests use, and the roots over the first one, two … eight. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e'
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0'
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a'
const INCLUSIONS: [number, number, string[]][] = [
  [0, 1, []],
  [0, 8, [A, B, C]],
  [5, 8, [D, E, ROOTS[4] ?? '']],
  [2, 3, [ROOTS[2] ?? '']],
  [1, 5, [ROOTS[1] ?? '', B, D]],
]
const CONSISTENCIES: [number, number, string[]][] = [
  [1, 1, []],
  [1, 8, [A, B, C]],
  [6, 8, [F, E, ROOTS[4] ?? '']],
  [2, 5, [B, D]],
]

function treeOf(leaves: readonly Uint8Array[]) {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.append(leafHash(leaf))
  return tree
}
const known = treeOf(LEAVES.map(fromHex))
const hexes = (hashes: readonly Hash[]): string[] => hashes.map(toHex)
const entries = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => Uint8Array.of(i >> 8, i & 255))

/** The definition in RFC 6962, 2.1, as it is written. */
function rootByDefinition(leaves: readonly Uint8Array[]): Hash {
  const [only] = leaves
  if (!only) return emptyRoot()
  if (leaves.length === 1) return leafHash(only)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)))
}

describe('the Merkle tree of RFC 6962', () => {
  it('has the known roots of no leaf to eight (AUD-2)', () => {
    expect(ROOTS.map((_, size) => toHex(known.root(size)))).toEqual(ROOTS)
  })

  it('has the root of the definition at every size to 130 (AUD-2)', () => {
    const leaves = entries(130)
    const tree = treeOf(leaves)
    for (let size = 0; size <= 130; size++) {
      expect(toHex(tree.root(size)), `${size}`).toBe(toHex(rootByDefinition(leaves.slice(0, size))))
    }
  })

  it.each(INCLUSIONS)('proves that entry %i is in the first %i as known (AUD-5)', (index, size, proof) => {
    expect(hexes(known.inclusion(index, size))).toEqual(proof)
  })

  it.each(CONSISTENCIES)('proves that %i of %i are unchanged as known (AUD-3)', (from, to, proof) => {
    expect(hexes(known.consistency(from, to))).toEqual(proof)
  })

  it('has no proof for what is not there', () => {
    expect(() => known.inclusion(8)).toThrow(RangeError)
    expect(() => known.root(9)).toThrow(RangeError)
    expect(() => known.consistency(5, 4)).toThrow(RangeError)
  })

  it('proves every entry of every size, and nothing else by the same proof (AUD-5)', () => {
    const size = 21
    const tree = treeOf(entries(size))
    for (let to = 1; to <= size; to++) {
      for (let index = 0; index < to; index++) {
        const leaf = leafHash(Uint8Array.of(0, index))
        const proof = tree.inclusion(index, to)
        expect(verifyInclusion(leaf, index, to, proof, tree.root(to))).toBe(true)
        expect(verifyInclusion(leaf, index + 1, to, proof, tree.root(to))).toBe(false)
        expect(verifyInclusion(leafHash(Uint8Array.of(9)), index, to, proof, tree.root(to))).toBe(false)
        expect(verifyInclusion(leaf, index, to, [...proof, leaf], tree.root(to))).toBe(false)
        if (proof.length > 0) expect(verifyInclusion(leaf, index, to, proof.slice(1), tree.root(to))).toBe(false)
      }
    }
  })

  it('proves every pair of sizes, and refuses each changed by one hash, one size or one root (AUD-3)', () => {
    const size = 21
    const tree = treeOf(entries(size))
    for (let to = 1; to <= size; to++) {
      for (let from = 1; from <= to; from++) {
        const proof = tree.consistency(from, to)
        const [old, fresh] = [tree.root(from), tree.root(to)]
        const at = `${from} of ${to}`
        expect(verifyConsistency(from, to, proof, old, fresh), at).toBe(true)
        expect(verifyConsistency(from, to, proof, fresh, old), at).toBe(from === to)
        expect(verifyConsistency(from, to, [...proof, old], old, fresh), at).toBe(false)
        expect(verifyConsistency(from, to, proof, leafHash(old), fresh), at).toBe(false)
        expect(verifyConsistency(from, to, proof, old, leafHash(fresh)), at).toBe(false)
        if (from > 1) expect(verifyConsistency(from - 1, to, proof, old, fresh), at).toBe(false)
        for (let i = 0; i < proof.length; i++) {
          const wrong = proof.map((hash, index) => (index === i ? leafHash(hash) : hash))
          expect(verifyConsistency(from, to, wrong, old, fresh), at).toBe(false)
        }
      }
    }
  })

  it('never shows two different pasts as consistent (AUD-3)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (to, a, b) => {
        const from = 1 + (a % to)
        const changed = b % from
        const honest = treeOf(entries(to))
        const forged = treeOf(entries(to).map((entry, i) => (i === changed ? Uint8Array.of(255) : entry)))
        return !verifyConsistency(from, to, forged.consistency(from, to), honest.root(from), forged.root(to))
      }),
      { numRuns: 300 },
    )
  })

  it('whose first entries are gone has the same roots and proofs from there on, at every cut and size (AUD-6)', () => {
    const most = 40
    const whole = treeOf(entries(most))
    for (let cut = 0; cut <= most; cut++) {
      const tree = createMerkleTree(whole.base(cut))
      for (const entry of entries(most).slice(cut)) tree.append(leafHash(entry))
      expect(tree.size).toBe(most)
      for (let size = cut; size <= most; size++) {
        const at = `${cut}, ${size}`
        expect(toHex(tree.root(size)), at).toBe(toHex(whole.root(size)))
        for (let index = cut; index < size; index++)
          expect(hexes(tree.inclusion(index, size))).toEqual(hexes(whole.inclusion(index, size)))
        if (cut > 0) expect(hexes(tree.consistency(cut, size)), at).toEqual(hexes(whole.consistency(cut, size)))
        expect(tree.base(size), at).toEqual(whole.base(size))
      }
      if (cut > 1) expect(() => tree.inclusion(0, most)).toThrow(RangeError)
    }
  })

  it('takes no base that is none (AUD-6)', () => {
    const { size, hashes } = treeOf(entries(5)).base(5)
    expect(hashes).toHaveLength(2)
    expect(() => createMerkleTree({ size: 7, hashes })).toThrow(RangeError)
    expect(() => createMerkleTree({ size: 4, hashes })).toThrow(RangeError)
    expect(() => createMerkleTree({ size, hashes: [new Uint8Array(31), ...hashes.slice(1)] })).toThrow(RangeError)
  })
})
