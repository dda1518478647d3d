import { defineFaults, faultsIn } from '../fault.ts'

const crossing = faultsIn('federation', 'workers/kernel/bus/crossing.ts')
const admission = faultsIn('federation', 'workers/kernel/bus/admission.ts')
const manifest = faultsIn('federation', 'protocol/src/protocol/federation.ts')
const fold = faultsIn('federation', 'workers/kernel/community/fold.ts')
const partners = faultsIn('federation', 'workers/kernel/federation/partners.ts')
const service = faultsIn('federation', 'workers/kernel/services/federation.ts')
const events = faultsIn('federation', 'protocol/src/community/events.ts')
const network = faultsIn('federation', 'workers/kernel/network.ts')

export const faults = defineFaults([
  crossing.without('never-over', {
    rule: 'FDR-1',
    original: 'requireInForce(manifest, runtime.now())\n',
    why: 'The dates are checked when the agreement is made, and never again.',
  }),
  crossing.without('versions-ignored', {
    rule: 'FDR-2',
    original: 'federationVersion(manifest)\n',
    why: 'The version is negotiated for the screen alone.',
  }),
  crossing.without('values-ignored', {
    rule: 'FDR-3',
    original: 'checkConstraints(grant.params_constraints, body.input)\n',
    why: 'The name of the capability is compared, and not what the call is about.',
  }),
  crossing.instead('granted-means-all', {
    rule: 'FDR-3',
    original: 'grantOf(manifest, here, community, capability)',
    faulty: 'grantOf(manifest, here, community, sides.ours.grants[0]?.capability ?? capability)',
    why: 'Communities that agreed on something are taken for friends.',
  }),
  admission.without('calls-not-counted', {
    rule: 'FDR-3',
    original: 'crossing?.spend()\n',
    why: 'The limits of one caller seem to be enough.',
  }),
  crossing.instead('counted-for-each-device', {
    rule: 'FDR-3',
    original: '[manifest.manifest_id, capability]',
    faulty: '[manifest.manifest_id, capability, from]',
    why: 'Calls are counted where all others are: by caller. A community multiplies its share by its devices.',
  }),
  crossing.instead('unsigned', {
    rule: 'FDR-4',
    original: 'signature === undefined',
    faulty: 'false',
    why: 'The connection proves the device, and the signature is thought to prove no more.',
  }),
  crossing.instead('anybody-of-that-community', {
    rule: 'FDR-4',
    original: 'from === anchor',
    faulty: 'true',
    why: 'The name of the community in the request is believed.',
  }),
  crossing.instead('passes-of-anybody', {
    rule: 'FDR-4',
    original: 'issuerOf(token) !== anchor',
    faulty: 'false',
    why: 'Who gave a pass is left to the next check, which answers something else.',
  }),
  crossing.without('copies', {
    rule: 'FDR-4',
    original: 'requireFresh(request, peer)\n',
    why: 'A signature is taken for freshness: what was carried once can be shown to every node for ever.',
  }),
  service.instead('passes-for-strangers', {
    rule: 'FDR-4',
    original: "caller.nodeId === null || caller.community !== undefined || caller.level === 'unknown'",
    faulty: 'caller.nodeId === null',
    why: 'The bus is thought to have asked already. A token begets a token.',
  }),
  manifest.instead('manifest-signatures-unread', {
    rule: 'FDR-1',
    original: '!signature || !(await isFederationSignature(anchor, manifest, signature))',
    faulty: '!signature',
    why: 'Decoding is taken for verifying: whoever writes an agreement writes the other side’s consent.',
  }),
  manifest.instead('transitive', {
    rule: 'FDR-3',
    original: 'sides?.theirs.community_id === caller',
    faulty: 'sides !== null',
    why: 'A grant is read as one to everybody who knows the agreement.',
  }),
  manifest.instead('lives-for-ever', {
    rule: 'FDR-1',
    original: 'expires <= issued || expires - issued > FEDERATION_MAX_SECONDS * 1000',
    faulty: 'expires <= issued',
    why: 'An agreement without an end is convenient.',
  }),
  fold.without('any-member-agrees', {
    rule: 'FDR-1',
    at: `if (!atLeast(replay.members.get(event.author), 'anchor')) return
  if (isLater(`,
    original: `if (!atLeast(replay.members.get(event.author), 'anchor')) return\n`,
    why: 'The signature of a member is good, so the event is: nobody asks whether the member may.',
  }),
  fold.without('any-member-ends', {
    rule: 'FDR-6',
    at: `if (!atLeast(replay.members.get(event.author), 'anchor')) return
  replay.ended`,
    original: `if (!atLeast(replay.members.get(event.author), 'anchor')) return\n`,
    why: 'Ending seems harmless, and so everybody may.',
  }),
  fold.without('ended-still-good', {
    rule: 'FDR-6',
    original: 'if (manifest.manifest_id === manifest_id) replay.agreements.delete(other)',
    why: 'The end is kept in the log and shown, and calls look at the manifest alone.',
  }),
  service.without('ended-comes-back', {
    rule: 'FDR-6',
    original: `if (at.state.ended.has(manifest_id)) throw new HearthError('expired', 'this agreement was ended')\n`,
    why: 'A manifest carries its dates and signatures, and looks as good as on the first day.',
  }),
  fold.without('older-one-holds', {
    rule: 'FDR-6',
    original:
      'if (isLater(manifest, replay.agreements.get(other)?.manifest)) replay.agreements.set(other, { manifest, relays })',
    faulty: 'if (!replay.agreements.has(other)) replay.agreements.set(other, { manifest, relays })',
    why: 'The first agreement is kept, and with it what was taken back by the second.',
  }),
  partners.instead('whoever-signed-once', {
    rule: 'FDR-1',
    original: "signer?.status === 'active' && signer.level === 'anchor'",
    faulty: 'signer !== undefined',
    why: 'Whether the anchor is one is asked when the agreement comes, and never again.',
  }),
  service.without('answer-changes-the-offer', {
    rule: 'FDR-1',
    original: `if (stage === 'answer') await requireOwnOffer(paper, at)\n`,
    why: 'A good signature of the other side is taken for the terms one offered.',
  }),
  service.instead('signs-what-comes-back', {
    rule: 'FDR-7',
    original: 'paper.signatures.map((signature) => signature ?? own)',
    faulty:
      'await Promise.all(sides.map((side, place) => (side === other ? paper.signatures[place] : signFederation(at.own, paper))))',
    why: 'The last text is signed once more to be sure, with whatever terms the other side has put in since.',
  }),
  events.instead('kept-by-anybody', {
    rule: 'FDR-1',
    original: 'sides?.ours.anchor !== author',
    faulty: '!sides',
    why: 'Both signatures are good, so it does not matter who brings them: an agreement that was ended is brought again by others.',
  }),
  network.instead('live-for-strangers', {
    rule: 'FDR-5',
    original: 'log()?.isCaughtUp() !== true || isMember(peer)',
    faulty: 'true',
    why: 'Gossip goes to whoever listens at the topic, and the topic follows from the community’s id.',
  }),
])
