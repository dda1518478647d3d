/**
 * What the build puts in the place of `@noble/curves/secp256k1.js`: every node here has an Ed25519 key (ID-1), and libp2p
 * asks this curve only about keys of the other kind. Whoever shows one is refused as with any key that cannot be read.
 */
function refuse(): never {
  throw new TypeError('secp256k1 keys are not used here (ID-1)')
}

export const secp256k1 = {
  getPublicKey: refuse,
  sign: refuse,
  verify: refuse,
  Point: { fromBytes: refuse },
  utils: { randomSecretKey: refuse },
}
