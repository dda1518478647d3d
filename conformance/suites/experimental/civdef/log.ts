import {
  ackOf,
  alertOf,
  attestationOf,
  cancellationOf,
  certificateOf,
  contentOf,
  ISSUM,
  inSeconds,
  revocationOf,
  withTitle,
} from '../../../client/alerts.ts'
import type { Json } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import type { Peer, SignedEvent } from '../../../client/peer.ts'
import { type Case, ensure } from '../../../harness/case.ts'

const LIST = 'experimental.civdef.alert.list'
const needs = ['wire', 'sync'] as const

const judged = (id: string, title: string, taken: boolean, make: (peer: Peer) => SignedEvent): Case => ({
  id,
  title,
  needs,
  capability: LIST,
  async run({ lent }) {
    const author = await lent('member', 'author')
    const event = make(author)
    ensure((await author.gives(event)) === taken, taken ? 'taken' : 'refused', taken ? 'refused' : 'taken')
    if (taken) author.follow(event)
  },
})
const taken = (id: string, title: string, make: (peer: Peer) => SignedEvent): Case => judged(id, title, true, make)
const refused = (id: string, title: string, make: (peer: Peer) => SignedEvent): Case => judged(id, title, false, make)

/** An alert by the peer under a certificate it wrote itself: its form is right, and no receiver believes it. */
const own = (peer: Peer, change: Draft = {}, late: Draft = {}): SignedEvent =>
  alertOf(peer, contentOf(peer, certificateOf(peer.identity, peer.nodeId), change), late).event

const within = (event: SignedEvent, change: (data: Json) => Json): SignedEvent => ({
  ...event,
  data: change(event.data ?? null),
})
const target = (change: object): Draft => ({ target: { region: ISSUM, roles: [], channels: ['local'], ...change } as Json }) // JSON by what the cases put in
const corner = { lat: 51.5, lon: 6.4 }

/** What the log takes of alerts, answers and certificates: their own bytes, whoever believes them (CIV-7). */
export const cases: readonly Case[] = [
  taken('CIV-4.alert', 'An alert signed by its publisher is taken and passed on, whoever believes it', (peer) => own(peer)),
  taken('CIV-4.area', 'An alert with a closed area is taken', (peer) =>
    own(peer, target({ polygon: [corner, { lat: 51.6, lon: 6.4 }, { lat: 51.6, lon: 6.5 }, corner] })),
  ),
  refused('CIV-4.for-another', 'An alert in the name of somebody else is refused', (peer) =>
    own(peer, { publisher: peer.target.nodeId }),
  ),
  refused(
    'CIV-4.changed',
    'An alert whose severity was changed after it was signed is refused, though its event is signed',
    (peer) => {
      const content = contentOf(peer, certificateOf(peer.identity, peer.nodeId))
      const { alert } = alertOf(peer, content).event.data as { readonly alert: { readonly [name: string]: Json } } // as alertOf made it
      return peer.event('civdef.alert.published', { alert: { ...alert, severity: 'extreme' } })
    },
  ),
  refused('CIV-4.event-changed', 'An event whose alert was exchanged after it was signed is refused', (peer) => {
    const other = own(peer)
    return within(own(peer), () => other.data ?? null)
  }),
  refused('CIV-4.backwards', 'An alert that ends before it begins is refused', (peer) =>
    own(peer, { expires_at: inSeconds(-60) }),
  ),
  refused('CIV-4.too-long', 'An alert that lives for more than seven days is refused', (peer) =>
    own(peer, { expires_at: inSeconds(8 * 86_400) }),
  ),
  refused('CIV-4.two-lines', 'A title of two lines is refused', (peer) => own(peer, { title: 'one\ntwo' })),
  refused('CIV-4.long-title', 'A title of 81 characters is refused', (peer) => own(peer, { title: 'x'.repeat(81) })),
  refused('CIV-4.turned-around', 'A body whose letters run backwards is refused', (peer) =>
    own(peer, { body: 'not \u202ereal' }),
  ),
  refused('CIV-4.language-twice', 'One language twice is refused', (peer) =>
    own(peer, { variants: [{ language: 'de-DE', title: 'x', body: 'y', instructions: [] }] }),
  ),
  refused('CIV-4.open-area', 'An area that is not closed is refused', (peer) =>
    own(peer, target({ polygon: [corner, { lat: 51.6, lon: 6.4 }, { lat: 51.6, lon: 6.5 }, { lat: 51.5, lon: 6.5 }] })),
  ),
  refused('CIV-4.no-channel', 'An alert for no channel is refused', (peer) => own(peer, target({ channels: [] }))),
  refused('CIV-4.unknown-field', 'An alert with a field nobody defined is refused', (peer) => own(peer, { geo: '51.5,6.4' })),
  refused('CIV-4.foreign-word', 'A co-signature of other words is refused', (peer) => {
    const certificate = certificateOf(peer.identity, peer.nodeId)
    return own(peer, {}, { issuer_attestation: attested(peer, certificate) })
  }),
  refused('CIV-6.in-the-clear', 'An alert for roles in the clear is refused', (peer) =>
    own(peer, target({ roles: ['DE.NRW.Kleve.THW'] })),
  ),
  refused('CIV-4.nothing', 'An event that carries no alert is refused', (peer) => peer.event('civdef.alert.published', {})),
  taken('CIV-10.end', 'The end of an alert is taken and passed on, whoever it counts for', (peer) =>
    cancellationOf(peer, peer.ulid(), certificateOf(peer.identity, peer.nodeId)),
  ),
  refused('CIV-10.for-another', 'An end in the name of somebody else is refused', (peer) =>
    cancellationOf(peer, peer.ulid(), certificateOf(peer.identity, peer.nodeId), { cancelled_by: peer.target.nodeId }),
  ),
  refused('CIV-10.no-reason', 'An end without a reason is refused', (peer) =>
    cancellationOf(peer, peer.ulid(), certificateOf(peer.identity, peer.nodeId), { reason: '' }),
  ),
  taken('CIV-11.ack', 'An answer to an alert is taken and passed on', (peer) => ackOf(peer, peer.ulid())),
  refused('CIV-11.for-another', 'An answer in the name of somebody else is refused', (peer) =>
    ackOf(peer, peer.ulid(), { acked_by: peer.target.nodeId }),
  ),
  refused('CIV-11.word', 'An answer with a word nobody defined is refused', (peer) =>
    ackOf(peer, peer.ulid(), { status: 'ok' }),
  ),
  refused('CIV-11.long-note', 'An answer with a note of 281 characters is refused', (peer) =>
    ackOf(peer, peer.ulid(), { note: 'x'.repeat(281) }),
  ),
  taken('CIV-1.certificate', 'A certificate is taken and passed on, whoever recognises it', (peer) =>
    peer.event('civdef.role.registered', asJson({ certificate: certificateOf(peer.identity, peer.nodeId), chain: [] })),
  ),
  refused('CIV-1.changed', 'A certificate whose title was changed is refused', (peer) =>
    peer.event('civdef.role.registered', {
      certificate: withTitle(certificateOf(peer.identity, peer.nodeId), 'Chancellor'),
      chain: [],
    }),
  ),
  refused('CIV-1.forged', 'A certificate in the name of another issuer is refused', (peer) =>
    peer.event(
      'civdef.role.registered',
      asJson({ certificate: certificateOf(peer.identity, peer.nodeId, { issuer: peer.target.nodeId }), chain: [] }),
    ),
  ),
  refused('CIV-1.backwards', 'A certificate that ends before it begins is refused', (peer) =>
    peer.event(
      'civdef.role.registered',
      asJson({ certificate: certificateOf(peer.identity, peer.nodeId, { expires_at: inSeconds(-90_000) }), chain: [] }),
    ),
  ),
  taken('CIV-2.revocation', 'A revocation is taken from anybody, for it carries its own signature', (peer) =>
    peer.event('civdef.role.revoked', {
      revocation: revocationOf(peer.identity, certificateOf(peer.identity, peer.nodeId).cert_id, null),
    }),
  ),
  refused('CIV-2.forged', 'A revocation in the name of somebody else is refused', (peer) =>
    peer.event('civdef.role.revoked', {
      revocation: revocationOf(peer.identity, certificateOf(peer.identity, peer.nodeId).cert_id, null, {
        revoked_by: peer.target.nodeId,
      }),
    }),
  ),
  taken('CIV-16.forwarded', 'An alert of another community is taken with the certificates that carry it', (peer) =>
    forwarded(peer, [elsewhere(peer)]),
  ),
  refused('CIV-16.from-nowhere', 'An alert that passed no community is refused', (peer) => forwarded(peer, [])),
  refused('CIV-16.circle', 'An alert that comes back to where it was is refused', (peer) =>
    forwarded(peer, [elsewhere(peer), peer.community]),
  ),
  refused('CIV-16.twice', 'An alert that passed one community twice is refused', (peer) =>
    forwarded(peer, [elsewhere(peer), elsewhere(peer)]),
  ),
  refused('CIV-7.device-only', 'What a device dropped is no event of the community', (peer) =>
    peer.event('civdef.alert.dropped.revoked', { alert_id: peer.ulid(), cert_id: 'A'.repeat(52) }),
  ),
]

function attested(peer: Peer, certificate: ReturnType<typeof certificateOf>): Json {
  const other = contentOf(peer, certificate, { title: 'Other words' })
  return attestationOf(peer.identity, certificate, other)
}
const asJson = (value: object): Json => JSON.parse(JSON.stringify(value))

/** Any id will do for a community that the node under test has never heard of. */
const elsewhere = (peer: Peer): string => peer.nodeId

function forwarded(peer: Peer, path: readonly string[]): SignedEvent {
  const certificate = certificateOf(peer.identity, peer.nodeId)
  const { alert } = alertOf(
    peer,
    contentOf(peer, certificate, { target: { region: ISSUM, roles: [], channels: ['local', 'federation'] } }),
  ).event.data as { readonly alert: Json } // as alertOf made it
  return peer.event('civdef.alert.forwarded', asJson({ alert, certificates: [certificate], path }))
}
