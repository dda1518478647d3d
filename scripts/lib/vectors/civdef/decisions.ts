import { good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'
import {
  ALERT_ID,
  alertBy,
  attestationBy,
  type BrigadeCerts,
  certificateBy,
  contentBy,
  days,
  REGION,
  revocationBy,
  seconds,
  target,
} from './make.ts'

/** What a receiver decides, rule by rule. */
export async function decisions(all: People, certs: BrigadeCerts): Promise<VectorSource> {
  const { anna, bert, carla, dora, emil, stranger } = all
  const { staff, lead, platoon, roots } = certs
  const person = { place: REGION, also_regions: [], roles: [] }
  const settings = { notify_from: 'advisory', drills: false, cosign_from: 'emergency' }
  const world = {
    ...{ roots, certificates: [staff, lead, platoon], revocations: [], person, settings, now: seconds(60) },
    ...{ cancellation: null, replaced_by: null },
  }
  const alert = (change: object = {}, late: object = {}) =>
    alertBy(carla, { ...contentBy(all, certs), ...change }, late as Readonly<Record<string, unknown>>)
  const cosigned = async (change: object, by = bert, cert = staff.cert_id) => {
    const content = contentBy(all, certs, change as Readonly<Record<string, unknown>>)
    return alertBy(carla, content, { issuer_attestation: await attestationBy(by, cert, content) })
  }
  const by = (delivery: string, rule: string, code: string, marks: readonly string[] = []) => ({
    delivery,
    marks,
    because: `${rule}: ${code}`,
  })
  const case_ = async (
    name: string,
    comment: string,
    said: Promise<object> | object,
    expected: object,
    change: object = {},
  ): Promise<Vector> => good(name, comment, { ...world, alert: await said, ...change }, expected)
  const platoonSays = (change: object) =>
    alertBy(dora, {
      ...contentBy(all, certs),
      publisher: dora.nodeId,
      publisher_role: platoon.role,
      publisher_cert: platoon.cert_id,
      ...change,
    })
  const foreign = await certificateBy(anna, { holder: emil.nodeId, role: `${REGION}.Bauhof.Leiter`, region: REGION })
  const extreme = { severity: 'extreme' }
  const end = {
    alert_id: ALERT_ID,
    cancelled_by: carla.nodeId,
    canceller_cert: lead.cert_id,
    cancelled_at: seconds(30),
    reason: 'Pegel fällt',
  }
  return {
    name: 'decisions',
    operation: 'civdef.decide',
    rule: 'CIV-7',
    about:
      'What a device does with an alert whose own signatures verified. `because` is the last rule that says no, or else the last one.',
    vectors: [
      await case_('a warning for here', 'The common case', alert(), by('notify', 'severity', 'notifies')),
      await case_('extreme and co-signed', 'The whole screen', cosigned(extreme), by('alarm', 'severity', 'extreme')),
      await case_(
        'emergency and co-signed',
        'Notifies',
        cosigned({ severity: 'emergency' }),
        by('notify', 'severity', 'notifies'),
      ),
      await case_('extreme and quiet settings', 'Extreme asks nobody', cosigned(extreme), by('alarm', 'severity', 'extreme'), {
        settings: { ...settings, notify_from: 'extreme' },
      }),
      await case_('below what notifies', 'In the list', alert(), by('list', 'severity', 'below_setting'), {
        settings: { ...settings, notify_from: 'emergency' },
      }),
      await case_(
        'for the Kreis, at a place in it',
        'Regions hold what lies in them (CIV-5)',
        alertBy(bert, {
          ...contentBy(all, certs),
          ...target({ region: 'DE.NRW.Kleve' }),
          publisher: bert.nodeId,
          publisher_role: staff.role,
          publisher_cert: staff.cert_id,
        }),
        by('notify', 'severity', 'notifies'),
      ),
      await case_('for another place', 'True, and not for here', alert(), by('hide', 'region', 'elsewhere'), {
        person: { ...person, place: 'DE.NRW.Kleve.Geldern' },
      }),
      await case_(
        'for another place that the person follows',
        'Where the parents live',
        alert(),
        by('notify', 'severity', 'notifies'),
        {
          person: { ...person, place: 'DE.NRW.Kleve.Geldern', also_regions: [REGION] },
        },
      ),
      await case_('for a place whose name goes on', 'Whole dotted parts (CIV-5)', alert(), by('hide', 'region', 'elsewhere'), {
        person: { ...person, place: 'DE.NRW.Kleve.Issum2' },
      }),
      await case_('nobody has said where they are', 'Everything is for here', alert(), by('notify', 'severity', 'notifies'), {
        person: { ...person, place: null },
      }),
      await case_(
        'no certificate is known',
        'A signature alone proves no role',
        alert(),
        by('refuse', 'certificate', 'unknown'),
        { certificates: [] },
      ),
      await case_(
        'the certificate of somebody else',
        'The holder is compared',
        alertBy(stranger, { ...contentBy(all, certs), publisher: stranger.nodeId }),
        by('refuse', 'certificate', 'not_owned'),
      ),
      await case_(
        'another role than the certificate’s',
        'The role is compared',
        alert({ publisher_role: staff.role }),
        by('refuse', 'certificate', 'not_owned'),
      ),
      await case_('no root', 'Its chain ends nowhere', alert(), by('refuse', 'certificate', 'no_root'), { roots: [] }),
      await case_('a revoked certificate', 'Dropped (CIV-2)', alert(), by('refuse', 'revocation', 'revoked'), {
        revocations: [await revocationBy(bert, lead.cert_id, staff.cert_id)],
      }),
      await case_(
        'outlives its certificate',
        'The whole span counts (CIV-1)',
        alert({ expires_at: days(6) }, { published_at: days(0) }),
        by('refuse', 'certificate', 'expired'),
        {
          certificates: [staff, { ...lead, expires_at: days(3) }],
        },
      ),
      await case_(
        'for a region beyond the certificate’s',
        'Scope',
        alert(target({ region: 'DE.NRW.Kleve' })),
        by('refuse', 'scope', 'target_outside'),
      ),
      await case_(
        'louder than the role may be',
        'The cap of the scheme (CIV-4)',
        platoonSays({ severity: 'emergency' }),
        by('refuse', 'scope', 'too_severe'),
      ),
      await case_(
        'as loud as the role may be',
        'A platoon leader warns',
        platoonSays({}),
        by('notify', 'severity', 'notifies'),
      ),
      await case_(
        'emergency without a co-signature',
        'CIV-4',
        alert({ severity: 'emergency' }),
        by('refuse', 'cosignature', 'missing'),
      ),
      await case_(
        'emergency where none is asked for',
        'Configured (CIV-4)',
        alert({ severity: 'emergency' }),
        by('notify', 'severity', 'notifies'),
        {
          settings: { ...settings, cosign_from: 'never' },
        },
      ),
      await case_(
        'co-signed by its publisher',
        'Somebody else’s word',
        cosigned(extreme, carla, lead.cert_id),
        by('refuse', 'cosignature', 'own'),
      ),
      await case_(
        'co-signed under the certificate of another',
        'The holder is compared',
        cosigned(extreme, stranger),
        by('refuse', 'cosignature', 'unknown_cosigner'),
      ),
      await case_(
        'co-signed by a lower tier',
        'Higher, not any (CIV-4)',
        cosigned(extreme, dora, platoon.cert_id),
        by('refuse', 'cosignature', 'cosigner_may_not'),
      ),
      await case_(
        'co-signed by a revoked certificate',
        'Judged like the publisher’s',
        cosigned(extreme),
        by('refuse', 'certificate', 'no_root'),
        {
          roots: [{ ...roots[0], region: 'DE.HE' }],
        },
      ),
      await case_(
        'a drill, and the person does not take part',
        'In the list, marked (CIV-9)',
        alert({ drill: true }),
        by('list', 'severity', 'notifies', ['drill']),
      ),
      await case_(
        'a drill, and the person takes part',
        'Notifies, marked, never the whole screen',
        cosigned({ ...extreme, drill: true }),
        by('notify', 'severity', 'extreme', ['drill']),
        {
          settings: { ...settings, drills: true },
        },
      ),
      await case_('over', 'In the history (CIV-8)', alert(), by('list', 'expired', 'expired'), { now: seconds(43_200) }),
      await case_('a second before it is over', 'The end is not part of it', alert(), by('notify', 'severity', 'notifies'), {
        now: seconds(43_199),
      }),
      await case_(
        'from ten minutes ahead',
        'Tablets drift',
        alert({}, { published_at: seconds(660) }),
        by('notify', 'severity', 'notifies'),
      ),
      await case_(
        'from further ahead',
        'Shown, with that said beside it',
        alert({}, { published_at: seconds(661) }),
        by('notify', 'severity', 'notifies', ['clock']),
      ),
      await case_('cancelled', 'The original stays (CIV-10)', alert(), by('list', 'cancelled', 'cancelled'), {
        cancellation: { ...end, all_clear: false },
      }),
      await case_('all clear', 'No new alarm (CIV-8)', cosigned(extreme), by('list', 'cancelled', 'all_clear'), {
        cancellation: { ...end, all_clear: true },
      }),
      await case_('replaced', 'The newer one speaks', alert(), by('list', 'replaced', 'replaced'), {
        replaced_by: ulidOf('civdef next'),
      }),
      await case_(
        'a role that no scheme knows',
        'Delivered with the mark, never louder than a notification (CIV-7)',
        alertBy(emil, {
          ...contentBy(all, certs),
          severity: 'extreme',
          publisher: emil.nodeId,
          publisher_role: foreign.role,
          publisher_cert: foreign.cert_id,
        }),
        by('notify', 'scheme', 'foreign_role', ['foreign_role']),
        { certificates: [foreign], settings: { ...settings, cosign_from: 'never' } },
      ),
    ],
  }
}
