import { federationAgreed, federationEnded, policyChanged } from '#protocol/community/events.ts'
import {
  federationAccept,
  federationComplete,
  federationEnd,
  federationInspect,
  federationList,
  federationPass,
  federationPropose,
} from '#protocol/community/federation-capabilities.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type Ulid, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { Strict } from '#protocol/core/schema.ts'
import { issueToken } from '#protocol/core/token.ts'
import * as Type from '#protocol/core/type.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import {
  type FederationGrant,
  type FederationSide,
  isFederationSignature,
  readFederation,
  requireForm,
  requireInForce,
  sidesFor,
  signFederation,
} from '#protocol/protocol/federation.ts'
import {
  type FederationPaper,
  FederationPaperSchema,
  readPaper,
  stageOf,
  writePaper,
} from '#protocol/protocol/federation-paper.ts'
import { negotiate } from '#protocol/protocol/version.ts'
import type { Bus, BusMonitor } from '../bus/bus.ts'
import { isLater } from '../community/fold.ts'
import type { CommunityHolder, OpenCommunity } from '../community/holder.ts'
import type { Members } from '../community/members.ts'
import type { CommunityState } from '../community/state.ts'
import type { Federation } from '../federation/federation.ts'
import { partnersOf } from '../federation/partners.ts'
import type { Identity, IdentityKeeper } from '../identity.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Network } from '../network.ts'
import type { Runtime } from '../runtime.ts'
import type { Shelf } from '../shelf.ts'
import { createTurn } from '../turn.ts'

export interface FederationServiceDeps {
  readonly runtime: Runtime
  readonly bus: Bus & BusMonitor
  readonly identity: IdentityKeeper
  readonly community: CommunityHolder
  readonly members: Members
  readonly shelf: Shelf
  readonly net: () => { readonly mesh: Mesh; readonly network: Network; readonly federation: Federation } | null
}

/** Addresses of boxes in a paper: each makes its QR code denser. */
const PAPER_BOXES = 2
/** Offers that wait for an answer at a time; the oldest makes room. */
const MAX_OFFERS = 16
const OffersSchema = Strict({ offers: Type.Array(FederationPaperSchema, { maxItems: MAX_OFFERS }) })

interface Standpoint {
  readonly own: Identity
  readonly log: OpenCommunity['log']
  readonly state: CommunityState
}

/** `community.federation.*`. */
export function serveFederation(deps: FederationServiceDeps): void {
  const { runtime, bus, identity, community, members } = deps

  function here(): Standpoint {
    const own = identity.current()
    const log = community.current()?.log
    const state = log?.state()
    if (!own || !log || !state) throw new HearthError('not_found', 'this device is in no community')
    return { own, log, state }
  }

  function hereAsAnchor(): Standpoint {
    const at = here()
    if (members.levelOf(at.own.nodeId) !== 'anchor') throw new HearthError('unauthorized', 'only an anchor agrees for all')
    return at
  }

  const openOffers = () => deps.shelf.open('community.federation', OffersSchema, { offers: [] })
  const inTurn = createTurn()

  async function write<E extends EventDefinition>(type: E, data: EventData<E>): Promise<void> {
    const event = await here().log.append(type, data)
    deps.net()?.network.publish(event)
  }

  /** The first agreement switches federation on; an anchor's policy can switch all of it off at once. */
  async function enable(): Promise<void> {
    const { policy } = here().state
    if (!policy.federation_enabled) await write(policyChanged, { policy: { ...policy, federation_enabled: true } })
  }

  /** What only the person at a device may do is nobody's to grant. */
  function requireGrantable(grants: readonly FederationGrant[]): void {
    for (const [at, { capability }] of grants.entries()) {
      if (bus.served().some(({ name, trust }) => name === capability && trust === 'self')) {
        throw new HearthError('bad_request', 'only the person at a device may do this', { data: { field: `/grants/${at}` } })
      }
    }
  }

  const sideOf = ({ own, state }: Standpoint, grants: readonly FederationGrant[]): FederationSide => ({
    community_id: state.communityId,
    name: state.name,
    anchor: own.nodeId,
    protocol_versions: [PROTOCOL_VERSION],
    grants: [...grants],
  })

  const boxes = (): string[] => (deps.net()?.mesh.boxAddresses() ?? []).slice(0, PAPER_BOXES)

  function theirSide({ sides }: FederationPaper, { state }: Standpoint): FederationSide {
    const other = sides.find(({ community_id }) => community_id !== state.communityId)
    if (!other) throw new HearthError('bad_request', 'an agreement is with another community', { data: { field: '/text' } })
    return other
  }

  function requireLife(paper: FederationPaper): void {
    requireForm(paper)
    requireInForce(paper, runtime.now())
  }

  bus.handle(federationPropose, async ({ grants, valid_seconds }) => {
    const at = hereAsAnchor()
    requireGrantable(grants)
    const now = runtime.now()
    const paper: FederationPaper = {
      manifest_id: runtime.ulid(),
      // the other side's clock may be behind ours (TOK-2)
      issued_at: wireTime(now - CLOCK_SKEW_SECONDS * 1000),
      expires_at: wireTime(now + valid_seconds * 1000),
      sides: [sideOf(at, grants)],
      signatures: [],
      relays: boxes(),
    }
    await inTurn(async () => {
      const drawer = await openOffers()
      await drawer.set({ offers: [paper, ...drawer.get().offers].slice(0, MAX_OFFERS) })
    })
    return { manifest_id: paper.manifest_id, text: writePaper(paper), expires_at: paper.expires_at }
  })

  bus.handle(federationInspect, async ({ text }) => {
    const at = here()
    const paper = readPaper(text)
    const other = theirSide(paper, at)
    const ours = paper.sides.find(({ community_id }) => community_id === at.state.communityId)
    return {
      stage: stageOf(paper),
      manifest_id: paper.manifest_id,
      expires_at: paper.expires_at,
      other: named(other),
      they_grant: other.grants,
      we_grant: ours?.grants ?? null,
      negotiated: negotiate(ours?.protocol_versions ?? [PROTOCOL_VERSION], other.protocol_versions),
    }
  })

  bus.handle(federationAccept, async ({ text, grants }) => {
    const at = hereAsAnchor()
    requireGrantable(grants)
    const offer = readPaper(text)
    if (stageOf(offer) !== 'offer') throw new HearthError('bad_request', 'not an offer', { data: { field: '/text' } })
    const sides = [theirSide(offer, at), sideOf(at, grants)].sort((a, b) => (a.community_id < b.community_id ? -1 : 1))
    const manifest = { ...offer, sides }
    requireLife(manifest)
    const signature = await signFederation(at.own, manifest)
    const signatures = sides.map(({ community_id }) => (community_id === at.state.communityId ? signature : null))
    return { text: writePaper({ ...manifest, signatures, relays: boxes() }) }
  })

  /** An answer may add its own side and nothing else: the terms are those this device wrote down. */
  async function requireOwnOffer(paper: FederationPaper, at: Standpoint): Promise<void> {
    const offer = (await openOffers()).get().offers.find(({ manifest_id }) => manifest_id === paper.manifest_id)
    const ours = paper.sides.find(({ community_id }) => community_id === at.state.communityId)
    const same =
      offer !== undefined &&
      ours !== undefined &&
      canonical([ours, paper.issued_at, paper.expires_at]) === canonical([offer.sides[0], offer.issued_at, offer.expires_at])
    if (!same) throw new HearthError('bad_request', 'not what this device offered', { data: { field: '/text' } })
  }

  bus.handle(federationComplete, async ({ text }) => {
    const at = hereAsAnchor()
    const paper = readPaper(text)
    const other = theirSide(paper, at)
    const stage = stageOf(paper)
    if (stage === 'offer') throw new HearthError('bad_request', 'an offer has to be answered', { data: { field: '/text' } })
    requireLife(paper)
    const ours = sidesFor(paper, at.state.communityId)?.ours
    if (ours?.anchor !== at.own.nodeId) throw new HearthError('unauthorized', 'another anchor began this agreement')
    const their = paper.signatures[paper.sides.indexOf(other)]
    if (!their || !(await isFederationSignature(other.anchor, paper, their))) {
      throw new HearthError('invalid_signature', 'the other side has not signed this')
    }
    if (stage === 'answer') await requireOwnOffer(paper, at)
    // only an answer is signed here: what comes as agreed has to carry the signature this device gave
    const own = stage === 'answer' ? await signFederation(at.own, paper) : null
    const { manifest_id, issued_at, expires_at, sides } = paper
    const signatures = paper.signatures.map((signature) => signature ?? own)
    const manifest = await readFederation({ manifest_id, issued_at, expires_at, sides, signatures })
    const before = at.state.agreements.get(other.community_id)?.manifest
    const isKnown = before?.manifest_id === manifest_id
    if (at.state.ended.has(manifest_id)) throw new HearthError('expired', 'this agreement was ended')
    if (!isKnown && !isLater(manifest, before)) throw new HearthError('expired', 'a later agreement holds')
    await enable()
    if (!isKnown) await write(federationAgreed, { manifest, relays: paper.relays })
    deps.net()?.federation.settle()
    return { manifest_id, text: writePaper({ ...manifest, relays: boxes() }) }
  })

  bus.handle(federationEnd, async ({ manifest_id }) => {
    const { state } = hereAsAnchor()
    requireKnown(state, manifest_id)
    await write(federationEnded, { manifest_id })
    deps.net()?.federation.settle()
    return {}
  })

  bus.handle(federationList, async () => {
    const { state } = here()
    const federation = deps.net()?.federation
    return {
      partners: partnersOf(state, runtime.now()).map(({ manifest, ours, theirs, state: now, negotiated }) => ({
        manifest_id: manifest.manifest_id,
        other: named(theirs),
        issued_at: manifest.issued_at,
        expires_at: manifest.expires_at,
        state: now,
        negotiated,
        we_grant: ours.grants,
        they_grant: theirs.grants,
        connected: federation?.abroad(theirs.community_id).length ?? 0,
      })),
    }
  })

  bus.handle(federationPass, async ({ manifest_id, capability }, { caller }) => {
    const { own, state } = here()
    // no token begets a token (TOK-6), and no agreement does: only who is a member by the log is given one
    if (caller.nodeId === null || caller.community !== undefined || caller.level === 'unknown') {
      throw new HearthError('unauthorized', 'a pass is for members')
    }
    const partner = partnersOf(state, runtime.now()).find(({ manifest }) => manifest.manifest_id === manifest_id)
    if (partner?.state !== 'in_force' || partner.ours.anchor !== own.nodeId) {
      throw new HearthError('not_found', 'this device signed no agreement of that id that is in force')
    }
    if (!partner.theirs.grants.some((grant) => grant.capability === capability)) {
      throw new HearthError('unauthorized', 'that community did not grant this')
    }
    const now = Math.floor(runtime.now() / 1000)
    const ends = Math.floor(Date.parse(partner.manifest.expires_at) / 1000)
    const exp = Math.min(now + state.policy.capability_token_ttl_seconds, ends)
    const pass = await issueToken(own, {
      iss: own.nodeId,
      sub: caller.nodeId,
      aud: partner.theirs.community_id,
      iat: now,
      nbf: now - CLOCK_SKEW_SECONDS,
      exp,
      jti: runtime.ulid(),
      scope: { capabilities: [capability] },
      issued_via: 'federation',
    })
    return { pass, expires_at: wireTime(exp * 1000) }
  })
}

const named = ({ community_id, name, anchor }: FederationSide) => ({ community_id, name, anchor })

function requireKnown(state: CommunityState, id: Ulid): void {
  const known = [...state.agreements.values()].some(({ manifest }) => manifest.manifest_id === id)
  if (!known) throw new HearthError('not_found', 'no agreement of that id')
}
